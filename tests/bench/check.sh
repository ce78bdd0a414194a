#!/bin/sh
# `check` on a domain with three mail servers, 20 ms from the name server: all probes that fit, whole process.
#
# The longest chain of look-ups that wait for each other, however many probes there are:
#     three.test MX  >  mx1.three.test A (and AAAA, and those of mx2 and mx3, all at once)
# Two round trips, 40 ms, are the least.  Limit: what the chain took, and 30 % more.  RUNS=15 RTT=20.
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${BUILD:-build}" && pwd)
command -v rbldnsd >/dev/null || PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v rbldnsd >/dev/null || { echo "rbldnsd: not installed, nothing to measure"; exit 0; }
work=$(mktemp -d); pids=
trap 'kill $pids 2>/dev/null; rm -rf "$work"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/delay" "$here/delay.c" || exit 1
cat > "$work/zone" <<'ZONE'
$SOA 3600 ns.three.test hostmaster.three.test 0 3600 600 86400 60
$NS 3600 ns.three.test
@ MX 10 mx1.three.test
@ MX 20 mx2.three.test
@ MX 30 mx3.three.test
@ A 192.0.2.4
@ TXT "v=spf1 mx include:_spf.three.test -all"
_spf TXT "v=spf1 ip4:192.0.2.0/24 -all"
_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@three.test"
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@three.test"
mx1 A 192.0.2.1
mx2 A 192.0.2.2
mx3 A 192.0.2.3
ZONE
printf '$SOA 3600 ns.bl.test h.bl.test 0 3600 600 86400 60\n$NS 3600 ns.bl.test\nTEST.bl.test :127.0.0.2:\n' > "$work/bl"
echo bl.test > "$work/lists"
user=; [ "$(id -u)" -ne 0 ] || { user="-u nobody"; chmod 755 "$work"; }
# shellcheck disable=SC2086
rbldnsd -n -f -w "$work" -b 127.0.0.1/5353 $user three.test:generic:zone bl.test:dnset:bl > "$work/log" 2>&1 &
pids=$!
"$work/delay" 5354 5353 "${RTT:-20}" 0 > "$work/ready" & pids="$pids $!"
until grep -q ready "$work/ready"; do kill -0 $! || exit 1; sleep 0.05; done
sleep 0.3
python3 - "${RUNS:-15}" "$build/whybounce" check --json --set lists="$work/lists" --resolver 127.0.0.1:5354 three.test <<'PY'
import json, statistics, subprocess, sys, time
runs, command = int(sys.argv[1]), sys.argv[2:]
taken, chains = [], []
for _ in range(runs):
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    taken.append((time.perf_counter() - begin) * 1000)
    probes = json.loads(done.stdout)["probes"]
    ms = {e["asked"]: e["ms"] for p in probes.values() for f in p["findings"] for e in f["evidence"]}
    last = max((name for name in ms if name.startswith("mx") and name.split()[1] in ("A", "AAAA")), key=ms.get)
    chains.append((ms["three.test MX"] + ms[last], f"three.test MX {ms['three.test MX']} ms > {last} {ms[last]} ms"))
print(f"probes: {' '.join(probes)}; {len(ms)} look-ups in the evidence")
print("chain:", sorted(chains)[len(chains) // 2][1])
middle, chain = statistics.median(taken), statistics.median(c[0] for c in chains)
print(f"whybounce check: min {min(taken):.1f}, median {middle:.1f}, max {max(taken):.1f} ms; "
      f"{middle / chain:.2f} times its longest chain")
PY
