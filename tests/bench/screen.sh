#!/bin/sh
# What the wizard costs its terminal, beside dialog and whiptail in the same run.  IDLE=60: seconds without a key.
# Limits: first screen 20 ms and 2500 bytes, the bar 110 bytes, 20 MB, no system call while idle.
set -u
here=$(dirname "$0"); build=${BUILD:-build}
state=$(mktemp -d); trap 'rm -rf "$state"' EXIT
export XDG_STATE_HOME="$state" XDG_CONFIG_HOME="$state"
for i in 1 2 3 4 5; do "$here/terminal.py" "" -- "$build/whybounce" | sed "s/^/whybounce run $i: /"; done
"$here/terminal.py" --idle "${IDLE:-60}" '\x1b[B,\x1b[B,\x1b[A' -- "$build/whybounce" | sed 's/^/whybounce: /'
menu="What happened? 20 70 8 1 one 2 two 3 three 4 four 5 five 6 six 7 seven 8 eight"
for peer in dialog whiptail; do
  command -v $peer >/dev/null || { echo "$peer: not installed"; continue; }
  # shellcheck disable=SC2086
  "$here/terminal.py" '\x1b[B,\x1b[B' -- $peer --menu $menu | sed "s/^/$peer: /"
done
