"""Real servers for the tests: started without privileges on free ports of 127.0.0.1, stopped by their process id.

    with harness.Scratch() as scratch:
        knot = harness.Knot(scratch, {"example.test": ZONE})
        if knot.start(): ... knot.port ...

A server whose program is not installed does not start(); `missing` then says so, and the test is skipped.
Everything lives in the scratch folder, which goes away with the servers at the end of the block.
"""
import ctypes
import base64
import json
import os
import pwd
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"


given = set()


def free_port():
    """A port that is free for UDP and TCP alike, and stays so until a server of ours binds it: never one that was given
    before, and none of those that the system takes for connections of its own."""
    for _ in range(1000):
        port = random.randrange(10240, 32000)
        if port in given:
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
        given.add(port)
        return port
    raise RuntimeError("no free port")


def query(name, qtype, ident=0x7777):
    """A question without EDNS."""
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.strip(".").split(".") if l)
    return struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", qtype, 1)


def answers(port, name, qtype=6, address="127.0.0.1"):
    """Whether a server answers at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.2)
        try:
            s.connect((address, port))
            s.send(query(name, qtype))
            return len(s.recv(4096)) >= 12
        except OSError:
            return False


def trust_anchors(server, zone):
    """The key-signing keys of a zone that `server` signs, as Unbound's trust-anchor lines."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((server.address, server.port))
        s.send(query(zone, 48))
        packet = s.recv(4096)
    at, anchors = 12, []
    while packet[at]:
        at += packet[at] + 1
    at += 5
    for _ in range(struct.unpack(">H", packet[6:8])[0]):
        rtype, length = struct.unpack(">2xH6xH", packet[at:at + 12])  # the owner is a pointer to the question
        data = packet[at + 12:at + 12 + length]
        at += 12 + length
        if rtype == 48 and data[1] & 1:
            key = base64.b64encode(data[4:]).decode()
            anchors.append(f'trust-anchor: "{zone}. DNSKEY {data[0] * 256 + data[1]} {data[2]} {data[3]} {key}"')
    return anchors


class Scratch:
    """A folder and the servers in it."""

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="whybounce-")
        self.servers = []
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path


class Server:
    program = None
    address = "127.0.0.1"

    def __init__(self, scratch):
        self.scratch = scratch
        self.name = f"{self.program}{len(scratch.servers)}"
        self.port = free_port()
        self.process = None
        self.missing = f"{self.program} missing"
        scratch.servers.append(self)

    def path(self, name):
        return os.path.join(self.scratch.dir, self.name, name)

    def write(self, name, text):
        return self.scratch.write(os.path.join(self.name, name), text)

    def start(self):
        """TRUE when it answers; FALSE when its program is not there."""
        program = shutil.which(self.program, path=PATH)
        if program is None:
            return False
        os.makedirs(self.path(""), exist_ok=True)
        with open(self.path("log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([program] + self.arguments(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.path(""))
        for _ in range(200):
            if self.answering():
                return True
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(self.path("log"), encoding="utf-8") as log:
            raise RuntimeError(f"{self.program} did not start: {log.read()}")

    def answering(self):
        return answers(self.port, self.probe_name(), address=self.address)

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Zoned(Server):
    """An authoritative server: {"example.test": "zone file"}; another of 127.0.0.0/8 and the port of another one, for
    those that are asked directly."""

    def __init__(self, scratch, zones, address="127.0.0.1", port=None):
        super().__init__(scratch)
        self.zones = zones
        self.address = address
        self.port = port or self.port
        for zone, text in zones.items():
            self.write(zone + ".zone", text)

    def probe_name(self):
        return next(iter(self.zones))


class Knot(Zoned):
    """With signed=True it signs its zones (DNSSEC)."""

    program = "knotd"

    def __init__(self, scratch, zones, address="127.0.0.1", port=None, signed=False):
        super().__init__(scratch, zones, address, port)
        self.signing = "    dnssec-signing: on\n" if signed else ""

    def arguments(self):
        zones = "".join(f"  - domain: {z}\n    file: {z}.zone\n" for z in self.zones)
        os.makedirs(self.path("run"), exist_ok=True)
        os.makedirs(self.path("db"), exist_ok=True)  # of the keys
        return ["-c", self.write("knot.conf", f"""server:
    rundir: "{self.path('run')}"
    listen: {self.address}@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: "{self.path('db')}"
template:
  - id: default
    storage: "{self.path('')}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
{self.signing}zone:
{zones}""")]


class Nsd(Zoned):
    program = "nsd"

    def arguments(self):
        zones = "".join(f'zone:\n    name: {z}\n    zonefile: {z}.zone\n' for z in self.zones)
        return ["-d", "-c", self.write("nsd.conf", f"""server:
    ip-address: {self.address}@{self.port}
    username: ""
    chroot: ""
    zonesdir: "{self.path('')}"
    pidfile: "{self.path('nsd.pid')}"
    xfrdfile: "{self.path('xfrd.state')}"
    xfrdir: "{self.path('')}"
    zonelistfile: "{self.path('zone.list')}"
    database: ""
    server-count: 1
    rrl-ratelimit: 0
remote-control:
    control-enable: no
{zones}""")]


class Unbound(Server):
    """A resolver: stubs {"example.test": port, or several "address@port" with blanks between}, and lines for its server
    section."""

    program = "unbound"

    def __init__(self, scratch, stubs, lines=()):
        super().__init__(scratch)
        self.stubs = stubs
        self.lines = lines

    def probe_name(self):
        return "localhost"

    def arguments(self):
        places = {z: [f"127.0.0.1@{p}"] if isinstance(p, int) else p.split() for z, p in self.stubs.items()}
        stubs = "".join(f'stub-zone:\n    name: "{z}."\n' + "".join(f"    stub-addr: {a}\n" for a in all_of)
                        for z, all_of in places.items())
        lines = "".join(f"    {line}\n" for line in self.lines)
        return ["-d", "-c", self.write("unbound.conf", f"""server:
    interface: 127.0.0.1@{self.port}
    username: ""
    chroot: ""
    directory: "{self.path('')}"
    pidfile: "{self.path('unbound.pid')}"
    use-syslog: no
    do-daemonize: no
    module-config: "iterator"
    do-not-query-localhost: no
    num-threads: 1
    local-zone: "test." nodefault
{lines}remote-control:
    control-enable: no
{stubs}""")]


class Rbldnsd(Server):
    """Blocklists: {"bl.test": "ip4set file"}."""

    program = "rbldnsd"

    def __init__(self, scratch, zones):
        super().__init__(scratch)
        self.zones = zones

    def probe_name(self):
        return "2.0.0.127." + next(iter(self.zones))

    def arguments(self):
        for zone, text in self.zones.items():
            self.write(zone, text)
        # It insists on not being root; who is not, need not change.
        user = ["-u", pwd.getpwuid(65534).pw_name] if os.geteuid() == 0 else []
        if user:
            os.chmod(self.scratch.dir, 0o755)
        return ["-n", "-w", self.path(""), "-b", f"127.0.0.1/{self.port}"] + user + \
            [f"{zone}:ip4set:{zone}" for zone in self.zones]


class Dovecot(Server):
    """IMAP, POP3 and submission with log-in: user anybody, password "secret-word"; `ports` by name (imap, imaps, pop3, pop3s,
    submission).  `lines` are added to its configuration.  Its address is not the client's own, or it would take passwords
    without encryption."""

    program = "dovecot"
    address = "127.0.0.2"
    password = "secret-word"

    def __init__(self, scratch, certificate, lines=()):
        super().__init__(scratch)
        self.certificate = certificate
        self.lines = lines
        self.ports = {name: free_port() for name in ("imap", "imaps", "pop3", "pop3s", "submission")}
        self.port = self.ports["imap"]

    def present(self):
        return all(os.path.exists("/usr/lib/dovecot/" + p) for p in ("imap-login", "pop3-login")) and \
            shutil.which(self.program, path=PATH) is not None

    def start(self):
        if not self.present():
            return False
        os.chmod(self.scratch.dir, 0o755)
        os.makedirs(self.path("run"), exist_ok=True)
        with open(self.path("log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([shutil.which(self.program, path=PATH)] + self.arguments(),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.path(""))
        for _ in range(200):
            try:
                with socket.create_connection((self.address, self.port), 0.5) as s:
                    if s.recv(100):
                        return True
            except OSError:
                time.sleep(0.05)
        with open(self.path("log"), encoding="utf-8") as log:
            raise RuntimeError(f"dovecot did not start: {log.read()}")

    def arguments(self):
        user = pwd.getpwuid(65534).pw_name if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        group = "nogroup" if os.geteuid() == 0 else "$default_internal_user"
        submission = os.path.exists("/usr/lib/dovecot/submission-login")
        listeners = "".join(
            f"service {service} {{\n  chroot =\n" + "".join(
                f"  inet_listener {name} {{\n    port = {self.ports.get(name, 0)}\n    ssl = {'yes' if name.endswith('s') else 'no'}\n  }}\n"
                for name in names) + "}\n"
            for service, names in (("imap-login", ("imap", "imaps")), ("pop3-login", ("pop3", "pop3s")),
                                   ("submission-login", ("submission",)))
            if submission or service != "submission-login")
        return ["-F", "-c", self.write("dovecot.conf", f"""protocols = imap pop3{' submission' if submission else ''}
listen = {self.address}
base_dir = {self.path('run')}
state_dir = {self.path('state')}
log_path = {self.path('dovecot.log')}
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{self.path('mail')}/%u
ssl = yes
ssl_cert = <{self.certificate[0]}
ssl_key = <{self.certificate[1]}
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={self.password}
}}
userdb {{
  driver = static
  args = uid={os.geteuid() or 65534} gid={os.getegid() or 65534} home={self.path('mail')}/%u
}}
hostname = mail.example.test
submission_relay_host = 127.0.0.1
submission_relay_port = 1
{listeners}service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
""" + "".join(line + "\n" for line in self.lines))]


class Tap:
    """Prints results as they come."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def ok(self, good, name, detail=""):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}", flush=True)
        if not good and detail:
            # On stderr, which is seen when only a summary of the tests is printed.
            for line in [name] + str(detail).splitlines()[:20]:
                print("#   " + line, file=sys.stderr, flush=True)

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}", flush=True)

    def done(self):
        print(f"1..{self.n}", flush=True)
        return 1 if self.failed else 0


class Asked:
    """What ask printed: answers by question, and the figures of its last line."""

    def __init__(self, text):
        self.text = text
        self.lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        self.answers = {" ".join(filter(None, (line.get("ask"), line["dns"]))): line for line in self.lines if "dns" in line}
        words = text.rsplit("# ", 1)[-1].split()
        self.ms = float(words[2])
        self.turns = int(words[4])

    def __getitem__(self, question):
        return self.answers.get(question, {})


def ask(resolver, questions, *options, env=None, wrapper=()):
    program = os.path.join(BUILD, "tests/servers/ask")
    done = subprocess.run([*wrapper, program, "-r", resolver, *options], input="\n".join(questions) + "\n",
                          capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})
    if done.returncode != 0:
        raise RuntimeError(f"ask ended with {done.returncode}: {done.stdout}{done.stderr}")
    return Asked(done.stdout)


class Namespace:
    """A network of the test's own: public-looking addresses, every port, nobody else in it.

        with harness.Namespace("203.0.113.10", "2001:db8::10") as network:
            if network.missing: tap.skip(..., network.missing)

    What is started inside belongs to it; the process itself comes back at the end."""

    NEWUSER, NEWNET = 0x10000000, 0x40000000

    def __init__(self, *addresses):
        self.addresses = addresses
        self.missing = None
        self.home = None
        self.libc = ctypes.CDLL(None, use_errno=True)

    def _unshare(self):
        uid, gid = os.geteuid(), os.getegid()
        if uid == 0 and self.libc.unshare(self.NEWNET) == 0:
            return True
        if self.libc.unshare(self.NEWUSER | self.NEWNET) != 0:
            return False
        for file, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{file}", "w", encoding="ascii") as f:
                f.write(text)
        return True

    def __enter__(self):
        program = shutil.which("ip", path=PATH)
        if program is None:
            self.missing = "iproute2 missing"
            return self
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        if not self._unshare():
            self.missing = "no network namespaces here"
            return self
        subprocess.run([program, "link", "set", "lo", "up"], check=True)
        for address in self.addresses:
            done = subprocess.run([program, "addr", "add", address + ("/128" if ":" in address else "/32"), "dev", "lo"] +
                                  (["nodad"] if ":" in address else []), capture_output=True, check=False)
            if done.returncode != 0:
                self.missing = f"the address {address} cannot be had"
        return self

    def __exit__(self, *_):
        if self.home is not None:
            self.libc.setns(self.home, self.NEWNET)
            os.close(self.home)


class Nginx(Server):
    """A web server: {"name": (certificate, key, "lines for its server section")} at port 443 of the addresses; the first
    serves names that are not there.  For privileged ports: inside a Namespace."""

    program = "nginx"

    def __init__(self, scratch, sites, addresses=("127.0.0.1",), port=None):
        super().__init__(scratch)
        self.sites = sites
        self.addresses = addresses
        self.port = port or 443

    def answering(self):
        try:
            socket.create_connection((self.addresses[0], self.port), 0.2).close()
            return True
        except OSError:
            return False

    def arguments(self):
        listen = "".join(f"    listen {f'[{a}]' if ':' in a else a}:{self.port} ssl;\n" for a in self.addresses)
        servers = "".join(f"server {{\n{listen}    server_name {name};\n    ssl_certificate {certificate};\n"
                          f"    ssl_certificate_key {key};\n    root {self.path('root')};\n{lines}\n}}\n"
                          for name, (certificate, key, lines) in self.sites.items())
        os.makedirs(self.path("root"), exist_ok=True)
        os.makedirs(self.path("temp"), exist_ok=True)
        places = "".join(f"{kind}_temp_path {self.path('temp')};\n"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return ["-p", self.path(""), "-e", self.path("error.log"), "-c", self.write("nginx.conf", f"""daemon off;
master_process off;
pid {self.path('nginx.pid')};
events {{ worker_connections 100; }}
http {{
access_log {self.path('access.log')};
default_type text/plain;
server_names_hash_bucket_size 128;
{places}{servers}}}
""")]

    def asked(self):
        """The lines of its log."""
        with open(self.path("access.log"), encoding="utf-8", errors="replace") as log:
            return log.read().splitlines()


class Postfix(Server):
    """A mail server at port 25 of an address: for `domain`, with the mailboxes ok and full, and check_recipient_access
    `replies` {"grey@example.test": "450 4.7.1 Greylisted"}.  It wants to be started by root; inside a Namespace."""

    program = "postfix"

    def __init__(self, scratch, domain, certificate, replies, address="127.0.0.1"):
        super().__init__(scratch)
        self.domain = domain
        self.certificate = certificate
        self.replies = replies
        self.address = address
        self.port = 25
        # In a user namespace everybody is root, but has no other users.
        with open("/proc/self/uid_map", encoding="ascii") as f:
            self.root = os.geteuid() == 0 and int(f.readline().split()[2]) > 65536
        if not self.root:
            self.missing = "postfix wants to be root"

    def start(self):
        return self.root and super().start()

    def stop(self):
        """What was started is a script: the server itself is its child, and would outlive it."""
        if self.process is not None:
            try:
                with open(self.path("queue/pid/master.pid"), encoding="ascii") as f:
                    os.kill(int(f.read()), signal.SIGTERM)
            except (OSError, ValueError):
                pass
        super().stop()

    def answering(self):
        try:
            with socket.create_connection((self.address, self.port), 0.5) as s:
                s.settimeout(2)
                return s.recv(100).startswith(b"220")
        except OSError:
            return False

    def arguments(self):
        user = pwd.getpwnam("postfix")
        os.chmod(self.scratch.dir, 0o755)
        for name in ("queue", "data"):
            os.makedirs(self.path(name), exist_ok=True)
        os.chown(self.path("data"), user.pw_uid, user.pw_gid)
        replies = ", ".join(f"{{{address}={reply}}}" for address, reply in self.replies.items())
        self.write("main.cf", f"""compatibility_level = 3.6
queue_directory = {self.path('queue')}
data_directory = {self.path('data')}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
inet_interfaces = {self.address}
inet_protocols = ipv4
myhostname = mx1.{self.domain}
mydestination = {self.domain}
alias_maps =
local_recipient_maps = inline:{{ ok=x, full=x }}
smtpd_recipient_restrictions = check_recipient_access inline:{{ {replies} }}, reject_unauth_destination
smtpd_tls_chain_files = {self.certificate[1]}, {self.certificate[0]}
smtpd_tls_security_level = may
smtpd_peername_lookup = no
message_size_limit = 10485760
maillog_file = {self.path('maillog')}
maillog_file_prefixes = {self.scratch.dir}
import_environment = MAIL_CONFIG
""")
        self.write("master.cf", """25        inet  n  -  n  -  -  smtpd
cleanup   unix  n  -  n  -  0  cleanup
rewrite   unix  -  -  n  -  -  trivial-rewrite
local     unix  -  n  n  -  -  local
proxymap  unix  -  -  n  -  -  proxymap
anvil     unix  -  -  n  -  1  anvil
tlsmgr    unix  -  -  n  1000? 1 tlsmgr
qmgr      unix  n  -  n  300 1 qmgr
pickup    unix  n  -  n  60  1 pickup
postlog   unix-dgram n -  n  - 1 postlogd
""")
        return ["-c", self.path("").rstrip("/"), "start-fg"]


class Submission(Postfix):
    """The same for mail programs, outside a Namespace: `ports` submissions (TLS from the start) and submission (STARTTLS, and
    no log-in before it).  Passwords are those of a Dovecot with Submission.asks(socket) among its lines."""

    def __init__(self, scratch, domain, certificate, auth, address="127.0.0.2"):
        super().__init__(scratch, domain, certificate, {"nobody@" + domain: "OK"}, address)
        self.auth = auth
        self.ports = {"submissions": free_port(), "submission": free_port()}
        self.port = self.ports["submission"]

    @staticmethod
    def asks(auth):
        return f"service auth {{\n  unix_listener {auth} {{\n    mode = 0666\n  }}\n}}"

    def arguments(self):
        arguments = super().arguments()
        with open(self.path("main.cf"), "a", encoding="utf-8") as f:
            # Of 127.0.0.0/8 only one address is an interface's; the others are named where they are listened at.
            f.write(f"inet_interfaces = 127.0.0.1\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = {self.auth}\nsmtpd_sasl_auth_enable = yes\n"
                    "smtpd_tls_auth_only = yes\nsmtpd_sasl_security_options = noanonymous\n")
        with open(self.path("master.cf"), encoding="utf-8") as f:
            rest = f.read().split("\n", 1)[1]
        self.write("master.cf", f"{self.address}:{self.ports['submission']} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n"
                   f"{self.address}:{self.ports['submissions']} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n" + rest)
        return arguments
