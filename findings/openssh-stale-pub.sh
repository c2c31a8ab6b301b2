#!/usr/bin/env bash
# Surprise: `ssh -i KEY` takes what it offers to the server from KEY.pub when there is such a file, though the private key, also
# when it is not encrypted, holds its public half itself. With the file of another key beside it, as a key made anew or a copied
# folder leaves it, a key that the server knows ends as "Permission denied", without a word of the two files; without KEY.pub,
# or with one that cannot be read as a key, the same login works.
# Matters for: whoever copies or renames keys, and for programs that read the private key alone and log in where ssh cannot.
# Versions: openssh-client and openssh-server 1:9.2p1-2+deb12u10; keys in PEM and in OpenSSH's own format.
# Seen, of a login with a private key that is authorized:
#   KEY.pub of the same key   logged in
#   KEY.pub of another key    denied
#   no KEY.pub                logged in
#   KEY.pub without a key     logged in
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32 \
  libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
keygen=deb/usr/bin/ssh-keygen
for name in host own other; do "$keygen" -q -t ed25519 -N '' -f "$name"; done
"$keygen" -q -t rsa -b 2048 -m PEM -N '' -f pem
cat own.pub pem.pub > authorized
# The folder that the daemon insists on when root starts it.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
cat > sshd <<S
#!/bin/sh
exec "$tmp/deb/usr/sbin/sshd" -i -f /dev/null -o HostKey="$tmp/host" -o AuthorizedKeysFile="$tmp/authorized" -o StrictModes=no -o UsePAM=no 2>> "$tmp/log"
S
chmod +x sshd
login() {
  told=$(timeout 30 deb/usr/bin/ssh -F none -o ProxyCommand="$tmp/sshd" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes \
    -o IdentitiesOnly=yes -o IdentityAgent=none -i "$1" inner echo 'logged in' 2>&1 </dev/null | grep -v '^Warning') || true
  case $told in *'logged in'*) echo 'logged in' ;; *'Permission denied'*) echo denied ;; *) echo "$told" ;; esac
}
failed=0
check() {
  found=$(login "$2")
  printf '%-4s %-25s %s\n' "$2" "$1" "$found"
  [ "$found" = "$3" ] || failed=1
}
for key in own pem; do
  check 'KEY.pub of the same key' "$key" 'logged in'
  cp other.pub "$key.pub"
  check 'KEY.pub of another key' "$key" denied
  rm "$key.pub"
  check 'no KEY.pub' "$key" 'logged in'
  echo 'no key' > "$key.pub"
  check 'KEY.pub without a key' "$key" 'logged in'
done
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
