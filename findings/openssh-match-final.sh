#!/usr/bin/env bash
# Surprise: one `Match final` block anywhere in ssh_config, also one that never holds, changes which of the other blocks count.
# OpenSSH's client then reads its files a second time under the name that HostName gave, in which every `Host` is compared with
# that name: a block that was dead before, `Host *.inner.example` for the alias `web`, now sets user, port and key. The manual
# says of `final` only that its own block waits for the second reading.
# Matters for: a snippet that an Include brings along (`Match final all` is how some vendors set ciphers), and readers of ssh_config
# that know of one reading alone.
# Versions: openssh-client 1:9.2p1-2+deb12u10, by `ssh -G`, which connects to nothing.
# Seen, of the alias web with HostName web.inner.example, and `Host *.inner.example` with user deploy and port 2222:
#   as it is                                    root 22 (the user who asks)
#   with a Match final that does not hold       deploy 2222
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
cat > plain <<'C'
Host web
  HostName web.inner.example
Host *.inner.example
  User deploy
  Port 2222
C
printf 'Match final user nobody-of-that-name\n  Compression yes\n' | cat plain - > final
of() { deb/usr/bin/ssh -G -F "$1" web </dev/null 2>/dev/null | sed -n "s/^$2 //p"; }
failed=0
check() {
  found="$(of "$1" hostname) $(of "$1" user) $(of "$1" port) compression $(of "$1" compression)"
  printf '%-6s %s\n' "$1" "$found"
  [ "$found" = "$2" ] || failed=1
}
check plain "web.inner.example $(id -un) 22 compression no"
check final 'web.inner.example deploy 2222 compression no'
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
