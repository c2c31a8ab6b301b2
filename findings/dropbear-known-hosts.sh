#!/usr/bin/env bash
# Surprise: Dropbear's client reads OpenSSH's ~/.ssh/known_hosts, and understands a small part of it. A comment behind a key,
# which the format allows, makes a trusted server "host key mismatch"; so does a second key of a host, as the first line of its
# name and kind decides alone. Ports do not count: a line for the host holds on every port, and one for `[host]:port` on none.
# Hashed names, which Debian's OpenSSH writes, and lists such as `a,b` are not found.
# Matters for: who has both on one account, as on routers and in rescue systems: the alarm is false, and the question whether
# to trust comes anew for servers that OpenSSH knows.
# Versions: dropbear-bin 2022.83-1+deb12u3, openssh-client 1:9.2p1-2+deb12u10.
# Seen (a server on two ports of 127.0.0.1, each with a key of its own):
#   known_hosts has                          ssh       dbclient
#   [127.0.0.1]:PORT KEY                     trusted   asks
#   127.0.0.1 KEY                            trusted   trusted
#   127.0.0.1 KEY a comment                  trusted   mismatch
#   127.0.0.1 OTHER, then 127.0.0.1 KEY      trusted   mismatch
#   127.0.0.1,localhost KEY                  trusted   asks
#   [127.0.0.1]:PORT KEY, hashed             trusted   asks
#   127.0.0.1 OTHER, then [127.0.0.1]:PORT KEY   trusted   mismatch
set -eu
tmp=$(mktemp -d)
servers=
trap 'for pid in $servers; do kill "$pid" 2>/dev/null || true; done; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download dropbear-bin=2022.83-1+deb12u3 libtomcrypt1=1.18.2-6 libtommath1=1.2.0-6+deb12u1 \
  openssh-client=1:9.2p1-2+deb12u10 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu" HOME="$tmp"
bin="$tmp/deb/usr/bin"
mkdir -m 700 .ssh
for name in key other; do
  "$bin/dropbearkey" -t ed25519 -f "$name" > "$name.txt" 2>&1
  awk '/^ssh-ed25519/ { print $1, $2 }' "$name.txt" > "$name.pub"
done
key=$(cat key.pub)
other=$(cat other.pub)
for port in $(seq 20222 20322); do
  "$tmp/deb/usr/sbin/dropbear" -r key -F -E -p "127.0.0.1:$port" > log 2>&1 &
  pid=$!
  for _ in $(seq 40); do
    if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  if kill -0 "$pid" 2>/dev/null; then servers=$pid; break; fi
done
by_ssh() {
  told=$(timeout 10 "$bin/ssh" -F none -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$tmp/.ssh/known_hosts" \
    -o GlobalKnownHostsFile=none -o IdentityFile=none -o HostKeyAlgorithms=ssh-ed25519 nobody@127.0.0.1 true 2>&1 || true)
  case $told in *'Permission denied'*) echo trusted ;; *'No ED25519 host key is known'*) echo asks ;; *) echo "$told" ;; esac
}
by_dbclient() {
  told=$(timeout 10 "$bin/dbclient" -p "$port" nobody@127.0.0.1 true 2>&1 < /dev/null || true)
  case $told in
    *mismatch*) echo mismatch ;;
    *'not in the trusted hosts file'*) echo asks ;;
    *'No auth methods could be used'*|*'Permission denied'*|*"password:"*|*'Failed reading termmodes'*) echo trusted ;;
    *) echo "$told" ;;
  esac
}
as_stated=yes
row() {
  cp lines .ssh/known_hosts
  [ "$1" != hashed ] || "$bin/ssh-keygen" -q -H -f .ssh/known_hosts > /dev/null 2>&1
  seen="$(by_ssh) $(by_dbclient)"
  echo "$2: $seen"
  [ "$seen" = "$3" ] || as_stated=no
}
echo "[127.0.0.1]:$port $key" > lines
row plain '[127.0.0.1]:PORT KEY' 'trusted asks'
echo "127.0.0.1 $key" > lines
row plain '127.0.0.1 KEY' 'trusted trusted'
echo "127.0.0.1 $key a comment" > lines
row plain '127.0.0.1 KEY a comment' 'trusted mismatch'
printf '%s\n' "127.0.0.1 $other" "127.0.0.1 $key" > lines
row plain '127.0.0.1 OTHER, then 127.0.0.1 KEY' 'trusted mismatch'
echo "127.0.0.1,localhost $key" > lines
row plain '127.0.0.1,localhost KEY' 'trusted asks'
echo "[127.0.0.1]:$port $key" > lines
row hashed '[127.0.0.1]:PORT KEY, hashed' 'trusted asks'
printf '%s\n' "127.0.0.1 $other" "[127.0.0.1]:$port $key" > lines
row plain '127.0.0.1 OTHER, then [127.0.0.1]:PORT KEY' 'trusted mismatch'
if [ "$as_stated" = yes ]; then echo 'as stated'; else echo CHANGED; exit 1; fi
