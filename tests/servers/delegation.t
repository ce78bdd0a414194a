#!/usr/bin/env python3
"""The probe delegation: name servers that agree, contradict each other, do not answer or are not theirs, each a real one at
an address of its own; a resolver with a cache, and one that stands in between."""
import json
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

tap = harness.Tap()
PROGRAM = os.path.join(harness.BUILD, "whybounce")
PARENT, FIRST, SECOND, NOBODY, OTHER = (f"127.0.0.{n}" for n in (10, 11, 12, 13, 14))


def zone(mx, serial=1, servers=("ns1", "ns2"), addresses=(FIRST, SECOND), ttl=300):
    text = f"$TTL {ttl}\n@ SOA ns1 hostmaster {serial} 3600 600 86400 60\n" + "".join(f"@ NS {s}\n" for s in servers)
    return text + "".join(f"{s} A {a}\n" for s, a in zip(servers, addresses)) + mx


NEW, OLD = "@ MX 10 new.mail.test.\n", "@ MX 10 old.mail.test.\n"
# What each server has.
ZONES = {
    FIRST: {"good.test": zone(NEW), "changed.test": zone(NEW, serial=2), "undecided.test": zone(NEW),
            "half.test": zone(NEW), "dead.test": zone(NEW, addresses=(FIRST, NOBODY)), "cached.test": zone(NEW, ttl=900),
            "moved.test": zone(OLD, servers=("old1", "old2"), addresses=(FIRST, FIRST)), "gone.test": zone(NEW),
            "unsigned.test": zone(NEW), "single.test": zone(NEW, servers=("ns1",), addresses=(FIRST,)),
            "empty.test": zone("@ A 192.0.2.1\n"), "nameless.test": zone(NEW, servers=("ns1", "ns2"), addresses=(FIRST,))},
    SECOND: {"good.test": zone(NEW), "changed.test": zone(OLD, serial=1), "undecided.test": zone(OLD),
             "cached.test": zone(NEW, ttl=900), "moved.test": zone(NEW, servers=("new1", "new2"), addresses=(SECOND, SECOND)),
             "unsigned.test": zone(NEW), "empty.test": zone("@ A 192.0.2.1\n")},
    OTHER: {"cached.test": zone(OLD, ttl=900)},
}
DELEGATED = {"good": (FIRST, SECOND), "changed": (FIRST, SECOND), "undecided": (FIRST, SECOND), "half": (FIRST, SECOND),
             "dead": (FIRST, NOBODY), "silent": (NOBODY,), "cached": (FIRST, SECOND), "none": (FIRST, SECOND), "unsigned": (FIRST, SECOND),
             "empty": (FIRST, SECOND), "nameless": (FIRST,)}
# Whom the resolver asks.
STUBS = {"test": (PARENT,), "moved.test": (FIRST,), "gone.test": (FIRST,), "cached.test": (OTHER,), "dead.test": (FIRST,), "silent.test": (NOBODY,),
         "single.test": (FIRST,), "changed.test": (FIRST,), "undecided.test": (FIRST,), "half.test": (FIRST,),
         "nameless.test": (FIRST,), "good.test": (FIRST, SECOND), "none.test": (FIRST, SECOND),
         "unsigned.test": (FIRST, SECOND), "empty.test": (FIRST, SECOND)}


def parent_zone():
    text = f"$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A {PARENT}\n"
    for name, addresses in DELEGATED.items():
        for i, address in enumerate(addresses, 1):
            text += f"{name} NS ns{i}.{name}\nns{i}.{name} A {address}\n"
    text += f"moved NS new1.moved\nmoved NS new2.moved\nnew1.moved A {SECOND}\nnew2.moved A {SECOND}\n"
    return text + f"single NS ns1.single\nns1.single A {FIRST}\nnameless NS ns2.nameless\n"


def check(resolver, port, domain, *arguments):
    return run("--resolver", resolver, "--dns-port", str(port), "--timeout", "3000", *arguments, "--probe", "delegation", domain)


def run(*arguments):
    done = subprocess.run([PROGRAM, "check", "--json", *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "TZ": "UTC"})
    lines = done.stdout.splitlines()
    probe = json.loads(lines[0])["probes"]["delegation"] if lines else {}
    facts = {key.split(".", 1)[1]: value for key, value in probe.get("facts", {}).items()}
    return {**facts, "code": done.returncode, "level": probe.get("status"), "headline": probe.get("headline"), "unknown": probe.get("unknown", []),
            "rows": json.dumps(probe.get("findings", [])), "errors": done.stderr}


def expect(name, have, **wanted):
    wrong = [f"{key} is {have.get(key)!r}, not {value!r}" for key, value in wanted.items() if have.get(key) != value]
    tap.ok(not wrong, name, "\n".join(wrong + [str(have)]))


def says(name, have, *parts):
    tap.ok(all(part in have["rows"] for part in parts), name, have["rows"])


def judge(resolver, port):
    have = check(resolver, port, "good.test")
    expect("all agree", have, code=0, status="same", zone="good.test", nameservers=["ns1.good.test", "ns2.good.test"],
           parent=["ns1.good.test", "ns2.good.test"], differ=[], old=[], lame=[], silent=[], ttl=300, absent_ttl=60,
           old_seconds=300, faults=["one_network"], unknown=[])
    says("until when", have, "others can have old data until " + have.get("old_until", "?"))
    expect("a name inside the zone", check(resolver, port, "www.good.test"), status="same", zone="good.test", ttl=60)
    have = check(resolver, port, "changed.test")
    expect("one still has the old MX, told by its serial", have, code=1, status="differ", differ=["ns2.changed.test"],
           old=["ns2.changed.test"], faults=["one_network", "differ"])
    tap.ok("delegation.old_until" in have["unknown"], "nobody can say until when", have)
    says("which one", have, "still says: 10 old.mail.test", "contradict each other")
    have = check(resolver, port, "undecided.test")
    expect("the same serial with different data", have, code=1, status="differ",
           differ=["ns1.undecided.test", "ns2.undecided.test"], lame=[])
    tap.ok("delegation.old" in have["unknown"], "who is older cannot be told", have)
    have = check(resolver, port, "half.test")
    expect("one does not know the domain", have, code=1, status="same", lame=["ns2.half.test"], faults=["lame", "one_network"])
    says("and says so", have, "It does not answer for this domain: the name server refused")
    have = check(resolver, port, "none.test")
    expect("nobody knows the domain, the parent names them", have, code=1, status="lame",
           lame=["ns1.none.test", "ns2.none.test"], parent=["ns1.none.test", "ns2.none.test"])
    tap.ok("delegation.nameservers" in have["unknown"], "its own list cannot be told", have)
    tap.ok("None of the name servers of none.test answers for it" in (have["headline"] or ""), "that is said first", have)
    tap.ok("ns1.none.test A" not in have["rows"] and "ns1.half.test A" in check(resolver, port, "half.test")["rows"],
           "addresses that only a broken domain could tell are taken from the parent at once", have)
    have = check(resolver, port, "dead.test")
    expect("one gives no answer: could not tell", have, code=3, silent=["ns2.dead.test"], lame=[], differ=[])
    tap.ok({"delegation.status", "delegation.old_until"} <= set(have["unknown"]), "nothing rests on it", have)
    says("but the others do answer", have, "Others answer, so that mail finds its way")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:  # takes what is asked, and says nothing
        dead.bind((NOBODY, port))
        before = time.monotonic()
        have = check(resolver, port, "dead.test", "--timeout", "8000")
        took = time.monotonic() - before
    tap.ok(3.9 < took < 7 and have["silent"] == ["ns2.dead.test"], "and a dead one is waited for half of the time-out", took)
    have = check(resolver, port, "silent.test")
    expect("nobody gives an answer, while the registry does", have, code=3, level="unknown", silent=["ns1.silent.test"])
    says("so that it is no matter of this network", have, "while that of the registry did")
    have = check(resolver, port, "cached.test")
    expect("the resolver has another answer", have, code=0, status="cached", differ=[], old_seconds=900)
    says("and keeps it until", have, "which it keeps until", "10 old.mail.test")
    have = check(resolver, port, "moved.test")
    expect("a move that is half done", have, code=1, status="differ", parent=["new1.moved.test", "new2.moved.test"],
           nameservers=["old1.moved.test", "old2.moved.test"], old=["old1.moved.test", "old2.moved.test"],
           faults=["parent_differs", "one_network", "differ"])
    have = check(resolver, port, "gone.test")
    expect("the registry does not know it", have, code=1, parent=None, faults=["lame", "not_delegated", "one_network"])
    expect("a single name server", check(resolver, port, "single.test"), code=0, status="same", faults=["single"])
    expect("no MX, and all agree", check(resolver, port, "empty.test"), code=0, status="same", ttl=60)
    expect("a name server without address", check(resolver, port, "nameless.test"), code=1, status="same",
           faults=["no_address"])
    expect("no such domain", check(resolver, port, "missing.test"), code=0, status="none", zone=None, nameservers=None)
    have = check(resolver, port, "unsigned.test")
    says("a resolver that does not believe the signatures", have, "does not believe the domain's signatures")
    expect("is a fault of the domain", have, code=1, faults=["signatures"])


def replayed(resolver, port, scratch):
    """A recording has what the name servers said, and gives the same result without any of them."""
    for domain in ("changed.test", "half.test", "none.test", "cached.test"):
        path = os.path.join(scratch.dir, domain + ".jsonl")
        live = check(resolver, port, domain, "--record", path)
        again = run("--replay", path, "--probe", "delegation", domain)
        same = {key for key in live if key not in ("errors",)}
        tap.ok({k: live[k] for k in same} == {k: again[k] for k in same}, f"replayed: {domain}", f"{live}\n{again}")


def many(resolver, port):
    """Two hundred targets in one run, each asking four servers or more."""
    names = [f"n{i}.{zone}.test" for i in range(50) for zone in ("good", "changed", "half", "undecided")]
    done = subprocess.run([PROGRAM, "check", "--json", "--resolver", resolver, "--dns-port", str(port), "--timeout", "6000",
                           "--probe", "delegation", "-"], input="\n".join(names), capture_output=True, text=True, timeout=60)
    facts = [json.loads(line)["probes"]["delegation"]["facts"] for line in done.stdout.splitlines()]
    tap.ok(len(facts) == 200 and all(f.get("delegation.status") == "same" for f in facts), "200 targets in one run",
           f"{len(facts)} {[f.get('delegation.status') for f in facts]} {done.stderr}")


def in_between(resolver, port):
    """Somebody answers in the place of the servers that were asked."""
    for domain in ("good.test", "changed.test", "none.test", "half.test"):
        have = check(resolver, port, domain)
        expect(f"in between: {domain}: could not tell", have, code=3, lame=[], differ=[], level="unknown")
        says("and why", have, "could not be found out" if domain == "none.test" else "could not be asked directly")


def main():
    with harness.Scratch() as scratch:
        parent = harness.Knot(scratch, {"test": parent_zone()}, address=PARENT)
        servers = [harness.Knot(scratch, zones, address=address, port=parent.port) for address, zones in ZONES.items()]
        stubs = {z: " ".join(f"{a}@{parent.port}" for a in addresses) for z, addresses in STUBS.items()}
        anchor = 'trust-anchor: "unsigned.test. DS 12345 8 2 ' + "AB" * 32 + '"'
        unbound = harness.Unbound(scratch, stubs, ['module-config: "validator iterator"', anchor, "ede: yes"])
        between = harness.Unbound(scratch, stubs, [f"interface: 127.0.0.{n}@{unbound.port + 1}" for n in range(10, 15)])
        for server in [parent, *servers, unbound, between]:
            if not server.start():
                tap.skip("delegation", server.missing)
                return
        judge(f"127.0.0.1:{unbound.port}", parent.port)
        replayed(f"127.0.0.1:{unbound.port}", parent.port, scratch)
        many(f"127.0.0.1:{unbound.port}", parent.port)
        in_between(f"127.0.0.1:{unbound.port}", unbound.port + 1)


main()
sys.exit(tap.done())
