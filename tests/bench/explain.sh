#!/bin/sh
# Reading bounces: one mail a process, and many in one process, from files and from an mbox; our own samples.
# Beside the tools people use today, as far as they are installed (Sisimai in Perl; Ruby: gem).  RUNS=100 MAILS=6000.
# Limits: 30 ms for one mail; 5000 mails a second.
set -u
here=$(cd "$(dirname "$0")" && pwd); build=$(cd "${BUILD:-build}" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mails=${MAILS:-6000} runs=${RUNS:-100}

python3 - "$here/../unit/data/bounces" "$work" "$mails" <<'PY'
import os, sys
samples, work, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
names = sorted(n for n in os.listdir(samples) if n.endswith((".eml", ".txt")))
os.mkdir(f"{work}/mails")
with open(f"{work}/mbox", "wb") as mbox:
    for i in range(count):
        name = names[i % len(names)]
        os.symlink(os.path.join(os.path.abspath(samples), name), f"{work}/mails/{i:05d}-{name}")
        mbox.write(b"From MAILER-DAEMON Thu Jul  2 12:05:05 2020\n" + open(f"{samples}/{name}", "rb").read() + b"\n\n")
with open(f"{work}/samples", "w") as out:
    out.writelines(os.path.join(samples, n) + "\n" for n in names)
PY

# one NAME RUNS COMMAND..: the command with another sample each time; many NAME MAILS COMMAND..: the command once.
cat > "$work/measure" <<'PY'
import os, statistics, subprocess, sys, time
way, name, count, samples, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]
files = open(samples).read().split("\n")[:-1]
wall, cpu = [], []
for i in range(count if way == "one" else 3):
    begin = time.perf_counter()
    run = subprocess.Popen(command + ([files[i % len(files)]] if way == "one" else []), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = status
    wall.append(time.perf_counter() - begin)
    cpu.append(usage.ru_utime + usage.ru_stime)
    if status != 0:
        sys.exit(f"  {name}: failed")
if way == "one":
    ms = sorted(t * 1000 for t in wall)
    print(f"  {name}: median {statistics.median(ms):.1f}, 99 % under {ms[int(len(ms) * .99)]:.1f}, "
          f"processor {statistics.median(cpu) * 1000:.1f} ms")
else:
    print(f"  {name}: {count / min(wall):.0f} mails a second, {count / min(cpu):.0f} of processor time, "
          f"{usage.ru_maxrss / 1024:.0f} MB")
PY
measure() { way=$1 name=$2 count=$3; shift 3; python3 "$work/measure" "$way" "$name" "$count" "$work/samples" "$@"; }
# shellcheck disable=SC2016
sisimai_perl='my $n = 0; $n += @{ Sisimai->rise($_) // [] } for @ARGV; exit 0'

echo "one mail a process"
measure one "whybounce" "$runs" "$build/whybounce" explain --json
if perl -MSisimai -e 1 2>/dev/null; then
  measure one "Sisimai (Perl)" "$((runs / 5))" perl -MSisimai -e "$sisimai_perl"
else
  echo "  Sisimai (Perl): not installed"
fi
if ruby -rsisimai -e 1 2>/dev/null; then
  measure one "Sisimai (Ruby)" "$((runs / 5))" ruby -rsisimai -e 'Sisimai.rise(ARGV[0])'
else
  echo "  Sisimai (Ruby): not installed"
fi

echo "$mails mails in one process"
measure many "whybounce, a folder of files" "$mails" "$build/whybounce" explain --json "$work/mails"
measure many "whybounce, an mbox" "$mails" "$build/whybounce" explain --json "$work/mbox"
measure many "whybounce, an mbox, --summary" "$mails" "$build/whybounce" explain --summary "$work/mbox"
if perl -MSisimai -e 1 2>/dev/null; then
  measure many "Sisimai (Perl), an mbox" "$mails" perl -MSisimai -e "$sisimai_perl" "$work/mbox"
fi
if ruby -rsisimai -e 1 2>/dev/null; then
  measure many "Sisimai (Ruby), an mbox" "$mails" ruby -rsisimai -e 'Sisimai.rise(ARGV[0])' "$work/mbox"
fi
