#!/usr/bin/env bash
# Surprise: of ProxyCommand and ProxyJump the one that ssh_config says first wins, as its manual has it, and `none` counts only for
# ProxyCommand: `ProxyCommand none` switches a later ProxyJump off, `ProxyJump none` leaves a later ProxyCommand on. A host that
# is to be reached directly, by `ProxyJump none` in its own block, goes through the ProxyCommand of `Host *` all the same.
# Matters for: configurations that except a host from a proxy, and readers of ssh_config, which treat both words alike.
# Versions: openssh-client 1:9.2p1-2+deb12u10, by `ssh -G`, which connects to nothing.
# Seen, as the road to the host:
#   ProxyCommand none, then ProxyJump bastion    direct
#   ProxyJump none, then ProxyCommand nc %h %p   nc %h %p
#   ProxyJump none, then ProxyJump bastion       direct
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
road() {
  printf 'Host inner\n  %s\nHost *\n  %s\n' "$1" "$2" > config
  found=$(deb/usr/bin/ssh -G -F config inner </dev/null 2>/dev/null | sed -n 's/^proxy\(command\|jump\) //p')
  found=${found:-direct}
  printf '%-46s %s\n' "$1, then $2" "$found"
  [ "$found" = "$3" ] || failed=1
}
failed=0
road 'ProxyCommand none' 'ProxyJump bastion' direct
road 'ProxyJump none' 'ProxyCommand nc %h %p' 'nc %h %p'
road 'ProxyJump none' 'ProxyJump bastion' direct
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
