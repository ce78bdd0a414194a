#!/bin/sh
# An SPF record of 13 look-ups, three deep, at 20 ms round trip: whole process, beside the programs people use.
#
# The chain is mail.test TXT, then a.mail.test TXT (its includes, with MX and A beside them), then a1.a.mail.test TXT:
# three round trips, 60 ms, are the least that anybody can take, whatever is asked at once.  Limit: 75 ms.
# RUNS=15 RTT=20.  The others ask port 53 of the system's resolver only: for them this needs root.
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${BUILD:-build}" && pwd)
if [ "${INSIDE:-}" != yes ] && unshare -nm true 2>/dev/null; then
  INSIDE=yes BUILD=$build exec unshare -nm sh -c 'ip link set lo up && exec "$0"' "$here/spf.sh"
fi
command -v rbldnsd >/dev/null || PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v rbldnsd >/dev/null || { echo "rbldnsd: not installed, nothing to measure"; exit 0; }
work=$(mktemp -d); pids=
trap 'kill $pids 2>/dev/null; rm -rf "$work"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/delay" "$here/delay.c" || exit 1
runs=${RUNS:-15} rtt=${RTT:-20} ip=203.0.113.77
line=5354; [ "${INSIDE:-}" != yes ] || line=53

cat > "$work/zone" <<'ZONE'
$SOA 3600 ns.mail.test hostmaster.mail.test 0 3600 600 86400 60
$NS 3600 ns.mail.test
@ TXT "v=spf1 include:a.mail.test include:b.mail.test include:c.mail.test a:out.mail.test mx -all"
@ MX 10 mx1.mail.test
@ MX 20 mx2.mail.test
a TXT "v=spf1 include:a1.a.mail.test include:a2.a.mail.test ~all"
b TXT "v=spf1 include:b1.b.mail.test ip4:192.0.2.0/26 ~all"
c TXT "v=spf1 include:c1.c.mail.test include:c2.c.mail.test ~all"
a1.a TXT "v=spf1 ip4:192.0.2.64/27 ~all"
a2.a TXT "v=spf1 ip4:192.0.2.96/27 ~all"
b1.b TXT "v=spf1 ip4:192.0.2.128/27 ~all"
c1.c TXT "v=spf1 ip4:192.0.2.160/27 ~all"
c2.c TXT "v=spf1 ip4:192.0.2.192/27 ~all"
out A 198.51.100.1
mx1 A 198.51.100.2
mx2 A 198.51.100.3
ZONE
user=; [ "$(id -u)" -ne 0 ] || { user="-u nobody"; chmod 755 "$work"; }
# shellcheck disable=SC2086
rbldnsd -n -f -w "$work" -b 127.0.0.1/5353 $user mail.test:generic:zone > "$work/log" 2>&1 &
pids=$!
"$work/delay" $line 5353 "$rtt" 0 > "$work/ready" & pids="$pids $!"
until grep -q ready "$work/ready"; do kill -0 $! || exit 1; sleep 0.05; done
sleep 0.3
echo "nameserver 127.0.0.1" > "$work/resolv.conf"
[ "${INSIDE:-}" = yes ] && mount --bind "$work/resolv.conf" /etc/resolv.conf 2>/dev/null && own=yes || own=no

# "NAME: min, median, max ms, verdict" of so many runs.
measure() {
  python3 - "$@" <<'PY'
import re, statistics, subprocess, sys, time
name, runs, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
taken, verdict = [], None
for _ in range(runs):
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
    taken.append((time.perf_counter() - begin) * 1000)
    verdict = re.search(r"\b(pass|fail|softfail|neutral|none|temperror|permerror)\b", re.sub(r'"status":"\w+"', "", done.stdout))
print(f"{name}: min {min(taken):.1f}, median {statistics.median(taken):.1f}, max {max(taken):.1f} ms, says "
      f"{verdict.group(1) if verdict else 'nothing'}")
PY
}

echo "round trip $rtt ms; the chain alone takes $((3 * rtt)) ms; the verdict is fail"
measure "  whybounce" "$runs" "$build/whybounce" check --json --probe spf --set ip=$ip --set sender=taro@mail.test \
  --set helo=out.mail.test --resolver 127.0.0.1:$line
[ $own = yes ] || { echo "  the others: need root and port 53"; exit 0; }
if command -v spfquery >/dev/null; then
  measure "  spfquery (libspf2)" "$runs" spfquery -ip $ip -sender taro@mail.test -helo out.mail.test
else
  echo "  spfquery (libspf2): not installed"
fi
if python3 -c 'import spf' 2>/dev/null || /usr/bin/python3 -c 'import spf' 2>/dev/null; then
  python=python3; "$python" -c 'import spf' 2>/dev/null || python=/usr/bin/python3
  measure "  pyspf" "$runs" "$python" -c "import spf; print(spf.check2(i='$ip', s='taro@mail.test', h='out.mail.test')[0])"
else
  echo "  pyspf: not installed"
fi
