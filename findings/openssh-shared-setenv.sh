#!/usr/bin/env bash
# Surprise: over a shared connection (ControlMaster) OpenSSH's client sends the SetEnv variables with which the connection was once
# opened, with each later command, and those of the later `ssh` not at all: `ssh -o SetEnv=A=2` runs with A=1, and a plain `ssh`
# as well. SendEnv takes the value of the later one's environment, if both name the variable. No word is said.
# Matters for: tools that keep connections open, and give each command its variables by SetEnv: it gets none, or another's.
# Versions: openssh-client and openssh-server 1:9.2p1-2+deb12u10, where the server accepts A and B.
# Seen, what the command finds:
#   alone, SetEnv A=1                                    A=1
#   shared, opened with none, SetEnv A=2                 A=
#   shared, opened with SetEnv A=1, SetEnv A=2           A=1
#   shared, opened with SetEnv A=1, plain                A=1
#   shared, opened with SendEnv B, SendEnv B, B=2        B=2
#   shared, opened with none, SendEnv B, B=2             B=
set -eu
tmp=$(mktemp -d)
end() {
  [ ! -S "$tmp/shared" ] || shared -O exit inner >/dev/null 2>&1 || true
  rm -rf "$tmp"
}
trap end EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32 \
  libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
for name in host own; do deb/usr/bin/ssh-keygen -q -t ed25519 -N '' -f "$name"; done
# The folder that the daemon insists on when root starts it.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
cat > sshd <<S
#!/bin/sh
exec "$tmp/deb/usr/sbin/sshd" -i -f /dev/null -o HostKey="$tmp/host" -o AuthorizedKeysFile="$tmp/own.pub" -o StrictModes=no -o UsePAM=no -o 'AcceptEnv=A B' 2>> "$tmp/log"
S
chmod +x sshd
alone() {
  timeout 30 deb/usr/bin/ssh -F none -o ProxyCommand="$tmp/sshd" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR \
    -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -i own "$@" </dev/null
}
shared() { alone -S "$tmp/shared" "$@"; }
opened() { [ ! -S shared ] || shared -O exit inner 2>/dev/null; shared -M -N -f "$@" -o ControlPersist=60 inner; }
failed=0
check() {
  printf '%-52s %s\n' "$1" "$2"
  [ "$2" = "$3" ] || failed=1
}
check 'alone, SetEnv A=1' "$(alone -o SetEnv=A=1 inner 'echo A=$A')" A=1
opened -o LogLevel=ERROR
check 'shared, opened with none, SetEnv A=2' "$(shared -o SetEnv=A=2 inner 'echo A=$A')" A=
check 'shared, opened with none, SendEnv B, B=2' "$(B=2 shared -o SendEnv=B inner 'echo B=$B')" B=
opened -o SetEnv=A=1
check 'shared, opened with SetEnv A=1, SetEnv A=2' "$(shared -o SetEnv=A=2 inner 'echo A=$A')" A=1
check 'shared, opened with SetEnv A=1, plain' "$(shared inner 'echo A=$A')" A=1
opened -o SendEnv=B
check 'shared, opened with SendEnv B, SendEnv B, B=2' "$(B=2 shared -o SendEnv=B inner 'echo B=$B')" B=2
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
