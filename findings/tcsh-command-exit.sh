#!/usr/bin/env bash
# Surprise: in `tcsh -c STRING`, `exit 1` does not end the shell: the rest of the line and the following lines of STRING still
# run, and the status is that of the last of them. So `cd folder || exit 1` guards nothing. The same text in a file,
# or on standard input, ends where one thinks.
# Matters for: commands over SSH: sshd hands what a client sends to the account's login shell as `-c STRING`, and tcsh is the
# login shell of many accounts on older BSD and university machines. Send `sh -c '…'` there.
# Versions: tcsh 6.24.07-1.
# Seen (output and status):
#   exit 1                           nothing, 1
#   exit 1; echo runs                runs, 0
#   cd ./gone || exit 1 / echo runs  runs, 0 (a / is a new line)
#   the last one as a file           nothing, 1
#   the last one on standard input   nothing, 1
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download tcsh=6.24.07-1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
two_lines='cd ./gone || exit 1
echo runs'
printf '%s\n' "$two_lines" > script
changed=0
try() {
  label=$1 want=$2
  shift 2
  status=0
  output=$(HOME=$tmp timeout 10 deb/bin/tcsh -f "$@" 2>/dev/null) || status=$?
  printf '%-32s %s, %s\n' "$label" "${output:-nothing}" "$status"
  [ "${output:-nothing}, $status" = "$want" ] || changed=1
}
try 'exit 1' 'nothing, 1' -c 'exit 1' </dev/null
try 'exit 1; echo runs' 'runs, 0' -c 'exit 1; echo runs' </dev/null
try 'cd ./gone || exit 1 / echo runs' 'runs, 0' -c "$two_lines" </dev/null
try 'the last one as a file' 'nothing, 1' script </dev/null
try 'the last one on standard input' 'nothing, 1' <script
[ $changed = 0 ] && echo 'as stated' || echo CHANGED
exit $changed
