#!/usr/bin/env bash
# Surprise: of several SetEnv lines in ssh_config OpenSSH's client takes the first alone, also of two that stand in one Host block,
# and is silent about the rest; SendEnv, which its manual describes SetEnv as similar to, collects all lines. asyncssh collects
# both, so that the same configuration sends more variables.
# Matters for: a `SetEnv LANG=…` under `Host *`, lost for every host with a SetEnv of its own; readers of ssh_config.
# Versions: openssh-client 1:9.2p1-2+deb12u10, by `ssh -G`, which connects to nothing; python3-asyncssh 2.10.1-2+deb12u2.
# Seen, of two lines in the host's block and one under `Host *`:
#   SetEnv    ssh: A=1            asyncssh: A=1 B=2 C=3
#   SendEnv   ssh: X Y Z          asyncssh: X Y Z
# `SetEnv A=1 B=2` on one line sends both.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 python3-asyncssh=2.10.1-2+deb12u2 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1 python3-typing-extensions=4.4.0-1 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
export PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages"
cat > several <<'C'
Host inner
  SetEnv A=1
  SetEnv B=2
  SendEnv X
  SendEnv Y
Host *
  SetEnv C=3
  SendEnv Z
C
printf 'Host inner\n  SetEnv A=1 B=2\n' > one
by_ssh() { deb/usr/bin/ssh -G -F "$1" inner </dev/null 2>/dev/null | sed -n "s/^$2 //p" | tr '\n' ' '; }
by_asyncssh() {
  timeout 60 deb/usr/bin/python3.11 -W ignore - "$2" <<PY
import sys, asyncssh
options = asyncssh.SSHClientConnectionOptions(config='$1', host='inner')
print(*(options.env if sys.argv[1] == 'setenv' else options.send_env), end=' ')
PY
}
failed=0
check() {
  found=$("by_$1" "$2" "$3")
  printf '%-9s %-8s %-8s %s\n' "$1" "$2" "$3" "$found"
  [ "$found" = "$4 " ] || failed=1
}
check ssh several setenv A=1
check ssh several sendenv 'X Y Z'
check ssh one setenv 'A=1 B=2'
check asyncssh several setenv 'A=1 B=2 C=3'
check asyncssh several sendenv 'X Y Z'
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
