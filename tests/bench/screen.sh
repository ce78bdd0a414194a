#!/bin/sh
# What the wizard costs its terminal, beside dialog and whiptail in the same run.  IDLE=60: seconds without a key.
# Limits: first screen 20 ms and 2500 bytes, the bar 110 bytes, 20 MB, no system call while idle.
set -u
here=$(dirname "$0"); build=${BUILD:-build}
state=$(mktemp -d); trap 'rm -rf "$state"' EXIT
export XDG_STATE_HOME="$state" XDG_CONFIG_HOME="$state"
for i in 1 2 3 4 5; do "$here/terminal.py" "" -- "$build/whybounce" | sed "s/^/whybounce run $i: /"; done
"$here/terminal.py" --idle "${IDLE:-60}" '\x1b[B,\x1b[B,\x1b[A' -- "$build/whybounce" | sed 's/^/whybounce: /'
for peer in dialog whiptail; do
  command -v $peer >/dev/null || { echo "$peer: not installed"; continue; }
  "$here/terminal.py" '\x1b[B,\x1b[B' -- $peer --title "Bounce wizard" --menu "What do you have in front of you?" 20 70 10 \
    1 "I can paste the bounce message" 2 "The address does not exist" 3 "Domain or host not found" 4 "Blocked" \
    5 "A bounce for a mail I did not send" 6 "An error while sending" 7 "I only have a code" 8 "I run the mail system" \
    9 "I do not know" | sed "s/^/$peer: /"
done
