#!/bin/sh
# One address over 120 blocklists at 20 ms round trip, 17 of them list it: whole process, beside the tools people use.
# Then the same with 2 % of the packets lost each way.  RUNS=15 RTT=20.
# Limits: 45 ms; with losses 400 ms, and no listing lost.  adnshost asks port 53 only: for it this needs root.
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${BUILD:-build}" && pwd)
if [ "${INSIDE:-}" != yes ] && unshare -n true 2>/dev/null; then
  INSIDE=yes BUILD=$build exec unshare -n sh -c 'ip link set lo up && exec "$0"' "$here/dnsbl.sh"
fi
command -v rbldnsd >/dev/null || PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v rbldnsd >/dev/null || { echo "rbldnsd: not installed, nothing to measure"; exit 0; }
work=$(mktemp -d); pids=
trap 'kill $pids 2>/dev/null; rm -rf "$work"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/delay" "$here/delay.c" || exit 1
runs=${RUNS:-15} rtt=${RTT:-20}
line=53; [ "${INSIDE:-}" = yes ] || line=5354

for i in $(seq 120); do
  zone=$(printf 'bl%03d.dnsbl.test' "$i")
  { echo '$SOA 3600 ns.dnsbl.test hostmaster.dnsbl.test 0 3600 600 86400 60'; echo '$NS 3600 ns.dnsbl.test'
    echo ":127.0.0.2:Listed by $zone, see http://$zone/?ip=\$"; echo 127.0.0.2
    [ $((i % 7)) -ne 0 ] || echo 192.0.2.10; } > "$work/$zone"
  echo "$zone" >> "$work/zones"
done
user=; [ "$(id -u)" -ne 0 ] || { user="-u nobody"; chmod 755 "$work"; }
# shellcheck disable=SC2046,SC2086
rbldnsd -n -f -w "$work" -b 127.0.0.1/5353 $user $(sed 's/.*/&:ip4set:&/' "$work/zones") > "$work/log" 2>&1 &
pids=$!
sed 's/^/10.2.0.192./' "$work/zones" > "$work/names"
echo "nameserver 127.0.0.1" > "$work/resolv.conf"

# "NAME: min, median, max ms" of so many runs; the last output stays in $work/out.
measure() {
  python3 - "$@" <<'PY'
import statistics, subprocess, sys, time
name, runs, out, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
taken = []
for _ in range(runs):
    with open(out, "w") as f:
        begin = time.perf_counter()
        subprocess.run(command, stdout=f, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        taken.append((time.perf_counter() - begin) * 1000)
print(f"{name}: min {min(taken):.1f}, median {statistics.median(taken):.1f}, max {max(taken):.1f} ms")
PY
}
sweep() { "$build/whybounce" check --json --probe dnsbl --set ip=192.0.2.10 --set lists="$work/zones" --resolver 127.0.0.1:$line; }
listed() { python3 -c 'import json,sys; print(len(json.load(sys.stdin)["probes"]["dnsbl"]["facts"]["dnsbl.listed"]))'; }

relay() {
  "$work/delay" $line 5353 "$rtt" "$1" > "$work/ready" & pids="$pids $!"; relay=$!
  until grep -q ready "$work/ready"; do kill -0 "$relay" || exit 1; sleep 0.05; done
  sleep 0.3
}

relay 0
echo "round trip $rtt ms, no loss; 17 of 120 lists have the address"
measure "  whybounce" "$runs" "$work/out" "$build/whybounce" check --json --probe dnsbl --set ip=192.0.2.10 \
  --set lists="$work/zones" --resolver 127.0.0.1:$line
echo "  whybounce: $(listed < "$work/out") listed"
if command -v adnshost >/dev/null && [ $line = 53 ]; then
  # shellcheck disable=SC2046
  measure "  adnshost, without test entries and explanations" "$runs" "$work/out" adnshost --config "nameserver 127.0.0.1" -a -t a $(cat "$work/names")
else
  echo "  adnshost: not installed, or no root"
fi
if command -v dig >/dev/null; then
  measure "  dig, one after the other" 1 "$work/out" dig @127.0.0.1 -p $line +short -f "$work/names"
else
  echo "  dig: not installed"
fi
kill "$relay"; wait "$relay" 2>/dev/null

relay 2
echo "2 % lost each way"
measure "  whybounce" "$runs" "$work/out" "$build/whybounce" check --json --probe dnsbl --set ip=192.0.2.10 \
  --set lists="$work/zones" --resolver 127.0.0.1:$line
lost=0
for i in $(seq "$runs"); do [ "$(sweep | listed)" = 17 ] || lost=$((lost + 1)); done
echo "  whybounce: listings lost in $lost of $runs runs"
