#!/bin/sh
# The mail servers of 20,000 domains from a name server 20 ms away: whole process, how many a second, how much memory,
# beside the programs people use.  First the domains share 50 mail servers, then each has one of its own, which makes
# three look-ups a domain and more than rbldnsd's socket holds.  Limits: 5,000 domains a second where they share; no
# more memory for 20,000 than for 10,000 (10 % for chance).  Then with 2 % of the packets lost each way: no result lost.
# TARGETS=20000 RTT=20.  adnshost asks port 53 only: for it this needs root.
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${BUILD:-build}" && pwd)
if [ "${INSIDE:-}" != yes ] && unshare -n true 2>/dev/null; then
  INSIDE=yes BUILD=$build exec unshare -n sh -c 'ip link set lo up && exec "$0"' "$here/bulk.sh"
fi
command -v rbldnsd >/dev/null || PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v rbldnsd >/dev/null || { echo "rbldnsd: not installed, nothing to measure"; exit 0; }
work=$(mktemp -d); pids=
trap 'kill $pids 2>/dev/null; rm -rf "$work"' EXIT
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/delay" "$here/delay.c" || exit 1
targets=${TARGETS:-20000} rtt=${RTT:-20}
line=53; [ "${INSIDE:-}" = yes ] || line=5354

python3 - "$work" "$targets" <<'PY'
import sys
work, n = sys.argv[1], int(sys.argv[2])
head = "$SOA 3600 ns.{0} hostmaster.{0} 0 3600 600 86400 60\n$NS 3600 ns.{0}\n"
with open(f"{work}/shared", "w") as f:
    f.write(head.format("shared.test"))
    f.writelines(f"mx{k} A 192.0.2.{k + 1}\n" for k in range(50))
    f.writelines(f"d{i} MX 10 mx{i % 50}.shared.test\n" for i in range(n))
with open(f"{work}/own", "w") as f:
    f.write(head.format("own.test"))
    f.writelines(f"d{i} MX 10 mail.d{i}.own.test\nmail.d{i} A 198.51.100.{i % 250 + 1}\n" for i in range(n))
for zone in ("shared", "own"):
    with open(f"{work}/{zone}.names", "w") as f:
        f.writelines(f"d{i}.{zone}.test\n" for i in range(n))
PY
user=; [ "$(id -u)" -ne 0 ] || { user="-u nobody"; chmod 755 "$work"; }
# shellcheck disable=SC2086
rbldnsd -n -f -w "$work" -b 127.0.0.1/5353 $user shared.test:generic:shared own.test:generic:own > "$work/log" 2>&1 &
pids=$!
echo "nameserver 127.0.0.1" > "$work/resolv.conf"

relay() {
  "$work/delay" $line 5353 "$rtt" "$1" > "$work/ready" & pids="$pids $!"; relay=$!
  until grep -q ready "$work/ready"; do kill -0 "$relay" || exit 1; sleep 0.05; done
  sleep 0.3
}

# "NAME: N in S s, N a second, N KB": `lines` of the file on standard input of the command.
measure() {
  python3 - "$@" <<'PY'
import subprocess, sys, threading, time
name, names, lines, out, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]
text = b"".join(open(names, "rb").readlines()[:lines])
most = "?"
with open(out, "wb") as f:
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=f, stderr=subprocess.DEVNULL)
    threading.Thread(target=lambda: (process.stdin.write(text), process.stdin.close())).start()
    while process.poll() is None:  # the most so far; what a child was before exec() does not count
        with open(f"/proc/{process.pid}/status") as status:
            most = next((line.split()[1] for line in status if line.startswith("VmHWM")), most)
        time.sleep(0.005)
    seconds = time.perf_counter() - begin
print(f"{name}: {lines} in {seconds:.2f} s, {lines / seconds:.0f} a second, {most} KB", flush=True)
PY
}
bulk() { measure "  whybounce, $1" "$work/$1.names" "$2" "$work/out" "$build/whybounce" check --json --probe mx --resolver 127.0.0.1:$line -; }
told() { echo "    $(grep -c '"mx.status":"ok"' "$work/out") of them found out"; }

relay 0
echo "round trip $rtt ms"
for zone in shared own; do
  bulk $zone 1000; bulk $zone $((targets / 2)); bulk $zone "$targets"; told
done
if command -v adnshost >/dev/null && [ $line = 53 ]; then
  measure "  adnshost, MX alone" "$work/shared.names" 2000 "$work/adns" adnshost --config "nameserver 127.0.0.1" -a -t mx- -f
else
  echo "  adnshost: not installed, or no root"
fi
if command -v dig >/dev/null; then
  measure "  dig, MX alone" "$work/shared.names" 100 "$work/dig" dig @127.0.0.1 -p $line +short -t mx -f /dev/stdin
else
  echo "  dig: not installed"
fi
kill "$relay"; wait "$relay" 2>/dev/null

relay 2
echo "2 % lost each way"
bulk shared "$targets"; told
