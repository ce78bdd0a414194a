#!/usr/bin/env python3
"""The probes that fetch something by HTTPS, by way of `check`, against nginx with an authority of the test's own: in a
network of its own, where public-looking addresses and port 443 can be had."""
import json
import os
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import certificates  # noqa: E402
import dns_fake  # noqa: E402
import harness  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
WEB, WEB6, HANG, GARBAGE, CLOSED = "203.0.113.10", "2001:db8::10", "203.0.113.11", "203.0.113.12", "203.0.113.13"
INSIDE = "10.9.8.7"
SOA = "$TTL 300\n@ SOA ns.test. hostmaster.test. 1 3600 600 86400 60\n@ NS ns.test.\nns A 127.0.0.1\n"
LIMIT = 700  # HTTPS has twice as long
sanitized = "asan" in harness.BUILD
MEMORY_KB = 60000
POLICY = "version: STSv1\\nmode: enforce\\nmx: mx1.{0}.test\\nmax_age: 86400\\n"


def policy(name, more=""):
    return f'location = /.well-known/mta-sts.txt {{ {more} return 200 "{POLICY.format(name)}"; }}'


# What the web server does for mta-sts.NAME.test, and what the probe must say: status, fetch, level, exit code.
PLACE = "location = /.well-known/mta-sts.txt"
CASES = {
    "good": (policy("good"), ("ok", "ok", "ok", 0)),
    "charset": (policy("charset", 'types { } default_type "text/plain; charset=utf-8";'), ("ok", "ok", "ok", 0)),
    "six": (policy("six"), ("ok", "ok", "ok", 0)),
    "other": (policy("elsewhere"), ("ok", "ok", "fail", 1)),
    "moved": (f"{PLACE} {{ return 301 https://mta-sts.good.test/.well-known/mta-sts.txt; }}", ("no_policy", "redirect", "warn", 1)),
    "plain": (f"{PLACE} {{ return 302 http://mta-sts.good.test/; }}", ("no_policy", "redirect", "warn", 1)),
    "gone": ("", ("no_policy", "http_error", "warn", 1)),
    "error": (f"{PLACE} {{ return 500; }}", ("no_policy", "http_error", "warn", 1)),
    "html": (policy("html", "types { } default_type text/html;"), ("no_policy", "wrong_type", "warn", 1)),
    "page": (f'{PLACE} {{ return 200 "<!DOCTYPE html>\\n"; }}', ("bad_policy", "ok", "warn", 1)),
    "silent": (f"{PLACE} {{ return 444; }}", ("no_policy", "closed", "warn", 1)),
    "slow": (f"{PLACE} {{ try_files /slow =404; limit_rate 1; }}", ("timeout", None, "unknown", 3)),
    "huge": (f"{PLACE} {{ try_files /huge =404; }}", ("no_policy", "too_big", "warn", 1)),
    "expired": (policy("expired"), ("no_policy", "certificate", "warn", 1)),
    "stranger": (policy("stranger"), ("no_policy", "certificate", "warn", 1)),
    "self": (policy("self"), ("no_policy", "certificate", "warn", 1)),
    "apex": (policy("apex"), ("no_policy", "certificate", "warn", 1)),
}
# Of these there is no site.
OTHERS = {
    "hang": (HANG, ("timeout", None, "unknown", 3)),
    "garbage": (GARBAGE, ("no_policy", "tls_failed", "warn", 1)),
    "closed": (CLOSED, ("no_policy", "refused", "warn", 1)),
    "inside": (INSIDE, ("no_policy", "private", "warn", 1)),
    "loop": ("127.0.0.1", ("no_policy", "private", "warn", 1)),
    "meta": ("169.254.169.254", ("no_policy", "private", "warn", 1)),
    "nohost": (None, ("no_policy", "no_host", "warn", 1)),
}


def zone():
    text = SOA
    for name in [*CASES, *OTHERS]:
        address = OTHERS[name][0] if name in OTHERS else WEB
        text += f'_mta-sts.{name} TXT "v=STSv1; id=1"\n{name} MX 10 mx1.{name}\n'
        if address:
            text += f"mta-sts.{name} {'AAAA ' + WEB6 if name == 'six' else 'A ' + address}\n"
    return text


# --- registrations (RDAP), settings for mail programs, leaked passwords ---

HOSTED = ("data.iana.org", "rdap.registry.test", "api.pwnedpasswords.com", "autoconfig.auto.test",
          "www.auto.test", "autodiscover.auto.test", "auto2.test", "autoconfig.loop.test")


def rdap(name, *statuses, until="2999-01-01T00:00:00Z"):
    return json.dumps({"objectClassName": "domain", "ldhName": name.upper(), "status": statuses,
                       "events": [{"eventAction": "expiration", "eventDate": until}],
                       "entities": [{"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Example Registrar"]]]}]})


SETTINGS = ("<clientConfig><emailProvider><incomingServer type=\"imap\"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port>"
            "<socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer></emailProvider></clientConfig>")
DIGITS, REST = "F3BBB", "D66A63D4BF1747940578EC3D0103530E21D"  # SHA-1 of hunter2


def reply(text, code=200):
    return f"return {code} '{text}';"


def services():
    """What nginx does for HOSTED names."""
    return {
        "data.iana.org": "location = /rdap/dns.json { " +
                         reply(json.dumps({"services": [[["zz"], ["https://rdap.registry.test/"]], [["yy"], ["https://10.9.8.7/"]]]})) + " }",
        "rdap.registry.test": "location = /domain/old.zz { return 302 https://rdap.registry.test/other; }\n"
                              f"location = /other {{ {reply(rdap('old.zz', 'active', until='2001-01-01T00:00:00Z'))} }}\n"
                              f"location = /domain/held.zz {{ {reply(rdap('held.zz', 'client hold'))} }}",
        "api.pwnedpasswords.com": f'if ($http_add_padding != "true") {{ return 400; }}\n'
                                  f"location = /range/{DIGITS} {{ {reply(f'{REST[:-1]}0:0')} }}\n"
                                  f"location = /range/5BAA6 {{ {reply('1E4C9B93F3F0682250B6CF8331B7EE68FD8:1000')} }}\n",
        "autoconfig.auto.test": "location = /mail/config-v1.1.xml { return 301 https://www.auto.test/settings; }",
        "www.auto.test": f"location = /settings {{ {reply(SETTINGS)} }}",
        "autodiscover.auto.test": "location / { return 401; }",
        "auto2.test": f"location = /.well-known/autoconfig/mail/config-v1.1.xml {{ {reply(SETTINGS)} }}",
        "autoconfig.loop.test": "location / { return 302 https://autoconfig.loop.test/mail/config-v1.1.xml; }",
    }


def more_zones():
    """Apart from test: the names that are asked whatever the domain is."""
    zones = {name: SOA + f"@ A {WEB}\n" for name in HOSTED if not name.endswith(".test")}
    zones["test"] = zone() + "".join(f"{name[:-5]} A {WEB}\n" for name in HOSTED if name.endswith(".test")) + (
        "_submissions._tcp.auto SRV 0 1 465 smtp.auto.test.\n_imaps._tcp.auto SRV 0 0 0 .\n")
    return zones


def registrations(options):
    for name, wanted in (("mail.held.zz", ("on_hold", "fail", 1)), ("free.zz", ("not_registered", "fail", 1)),
                         ("old.zz", ("expired", "warn", 1)), ("example.ne.jp", ("no_service", "note", 0)),
                         ("shop.yy", (None, "unknown", 3)), ("example.test", ("reserved", "note", 0)),
                         ("example.com", ("reserved", "note", 0))):
        code, found, took, _ = check(options, "domain", name)
        got = (found["facts"].get("domain.status"), found["status"], code)
        tap.ok(got == wanted, f"registration of {name}", f"{got} after {took:.0f} ms: {found}")
    _, found, _, _ = check(options, "domain", "old.zz")
    tap.ok(found["facts"]["domain.days_left"] < -9000, "the clock of the answer counts", found)


def settings(options):
    code, found, _, _ = check(options, "autoconfig", "auto.test")
    facts = found["facts"]
    tap.ok((code, facts["autoconfig.submission"], facts["autoconfig.imap"], facts["autoconfig.sources"]) ==
           (0, ["smtp.auto.test:465 tls"], ["imap.auto.test:993 tls"], ["srv", "autoconfig"]), "settings by SRV and by a file", found)
    tap.ok(facts["autoconfig.autodiscover"] is True and facts["autoconfig.pop3"] is None, "Outlook's place answers, without a password",
           found)
    code, found, _, _ = check(options, "autoconfig", "auto2.test")
    tap.ok((code, found["facts"]["autoconfig.sources"]) == (0, ["well_known"]), "settings at the domain itself", found)
    code, found, _, _ = check(options, "autoconfig", "loop.test")
    tap.ok((code, found["facts"]["autoconfig.status"], found["status"]) == (1, "none", "warn"), "redirects without end", found)


def passwords(options, scratch, nginx):
    for password, wanted in (("password", ("leaked", 1)), ("hunter2", ("not_found", 0)), ("nobody-has-it", (None, 3))):
        record = os.path.join(scratch.dir, f"record-{password}")
        command = [PROGRAM, "check", "--json", "--contacts", "--timeout", str(LIMIT), "--record", record, *options, "--probe",
                   "pwned", "--set", "password=-"]
        done = subprocess.run(command, input=password + "\n", capture_output=True, text=True, timeout=30, check=False)
        found = json.loads(done.stdout)["probes"]["pwned"] if done.stdout else {"facts": {}}
        tap.ok((found["facts"].get("pwned.status"), done.returncode) == wanted, f"leaked password: {wanted[0]}", done.stdout + done.stderr)
        with open(record, encoding="utf-8") as f:
            told = f.read() + done.stdout + done.stderr
        secrets = ("hunter2", DIGITS, REST[:8], "5BAA6", "1E4C9B93", "nobody-has-it")
        tap.ok(not any(secret in told for secret in secrets), "the digits are nowhere", told)
    asked = [line for line in nginx.asked() if "/range/" in line]
    tap.ok(len(asked) == 3 and all(len(line.split("/range/")[1].split(" ")[0]) == 5 for line in asked), "five digits left", asked)


class Listener:
    """Counts who comes; says `words` to them, or nothing at all."""

    def __init__(self, address, words=None):
        self.socket = socket.create_server((address, 443))
        self.words = words
        self.visits = 0
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self.socket.accept()
            self.visits += 1
            self.open.append(connection)
            if self.words:
                connection.sendall(self.words)


def check(options, probe, target, *more):
    command = [PROGRAM, "check", "--json", "--timeout", str(LIMIT), *options, "--probe", probe, *more, target]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    lines = [json.loads(line) for line in out.splitlines()]
    found = lines[0]["probes"][probe] if lines else {"status": process.stderr.read(), "facts": {}}
    return process.returncode, found, (time.monotonic() - begin) * 1000, usage.ru_maxrss


def policies(options):
    for name, (_, wanted) in {**CASES, **OTHERS}.items():
        code, found, took, memory = check(options, "mta_sts", f"{name}.test")
        facts = found["facts"]
        got = (facts.get("mta_sts.status"), facts.get("mta_sts.fetch"), found["status"], code)
        in_bounds = took < 2 * LIMIT + (3000 if sanitized else 1200) and (sanitized or memory < MEMORY_KB)
        tap.ok(got == wanted and in_bounds, f"MTA-STS: {name}", f"{got} after {took:.0f} ms with {memory} KB: {found}")


def details(options):
    _, found, _, _ = check(options, "mta_sts", "expired.test")
    tap.ok("expired" in found["findings"][0].get("quote", ""), "a certificate that has expired is quoted so", found)
    _, found, _, _ = check(options, "mta_sts", "six.test")
    evidence = found["findings"][0]["evidence"]
    tap.ok([e.get("server") for e in evidence][-1] == f"[{WEB6}]:443", "the evidence names the server", evidence)
    _, found, _, _ = check(options, "mta_sts", "other.test")
    tap.ok(found["facts"]["mta_sts.mx_unmatched"] == ["mx1.other.test"], "the server that is not named", found)
    code, found, _, _ = check([o for o in options if "ca" not in o.split("/")[-1]], "mta_sts", "good.test")
    tap.ok((code, found["facts"].get("mta_sts.fetch")) == (1, "certificate"), "an authority that nobody trusts", found)


class Rebinding:
    """A resolver whose first answer for an address is public and whose others lead inside."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _records(self, query):
        if query.qtype == 16:
            return [b"\x0ev=STSv1; id=1;"]
        if query.qtype != 1 or not query.name.startswith("mta-sts."):
            return []
        self.asked += 1
        return [socket.inet_aton(WEB if self.asked == 1 else "127.0.0.1")]

    def _serve(self):
        while True:
            raw, client = self.socket.recvfrom(4096)
            query = dns_fake.Query(raw, False)
            self.socket.sendto(query.reply(records=self._records(query)), client)


def rebinding(options, loop):
    resolver = Rebinding()
    before = loop.visits
    _, found, _, _ = check([*options, "--resolver", f"127.0.0.1:{resolver.port}"], "mta_sts", "good.test")
    tap.ok(found["facts"].get("mta_sts.fetch") == "ok" and loop.visits == before,
           "a name that leads inside at the second look-up: the judged address is used", f"{loop.visits} {found}")
    _, found, _, _ = check([*options, "--resolver", f"127.0.0.1:{resolver.port}"], "mta_sts", "good.test")
    tap.ok(found["facts"].get("mta_sts.fetch") == "private" and loop.visits == before,
           "and the second time nobody is asked", f"{loop.visits} {found}")


def main():
    with harness.Scratch() as scratch, \
         harness.Namespace(WEB, WEB6, HANG, GARBAGE, CLOSED, INSIDE, "169.254.169.254") as network:
        if network.missing or not certificates.present:
            tap.skip("HTTPS probes over real servers", network.missing or "openssl missing")
            return
        ca = certificates.Authority(scratch)
        good = ca.issue("*.test", *[f"mta-sts.{name}.test" for name in CASES if name not in ("stranger", "apex")])
        special = {"expired": ca.issue("mta-sts.expired.test", days=-1), "stranger": ca.issue("www.stranger.test"),
                   "self": ca.issue("mta-sts.self.test", self_signed=True), "apex": ca.issue("apex.test", "*.test")}
        sites = {f"mta-sts.{name}.test": (*special.get(name, good), text) for name, (text, _) in CASES.items()}
        hosted = ca.issue(*HOSTED)
        sites.update({name: (*hosted, text) for name, text in services().items()})
        knot = harness.Knot(scratch, more_zones())
        nginx = harness.Nginx(scratch, sites, (WEB, WEB6))
        scratch.write(f"{nginx.name}/root/slow", POLICY.format("slow") * 4)
        with open(scratch.write(f"{nginx.name}/root/huge", "version: STSv1\n"), "r+b") as huge:
            huge.truncate(1 << 30)
        for server in (knot, nginx):
            if not server.start():
                tap.skip("HTTPS probes over real servers", server.missing)
                return
        Listener(HANG)
        Listener(GARBAGE, b"220 this is no TLS\r\n")
        private = [Listener(address) for address in (INSIDE, "127.0.0.1", "169.254.169.254")]
        options = ["--resolver", f"127.0.0.1:{knot.port}", "--ca", ca.file]
        policies(options)
        details(options)
        registrations(options)
        settings(options)
        passwords(options, scratch, nginx)
        rebinding(options, private[1])
        tap.ok(sum(listener.visits for listener in private) == 0, "nobody inside was ever asked",
               [listener.visits for listener in private])
        before = len(nginx.asked())
        check(options, "mta_sts", "moved.test")
        tap.ok(len(nginx.asked()) == before + 1, "a redirect is not followed: one request", nginx.asked()[before:])


main()
sys.exit(tap.done())
