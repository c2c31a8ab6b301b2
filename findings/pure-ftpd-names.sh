#!/usr/bin/env bash
# Surprise: Pure-FTPd stores a file or folder whose name begins or ends with a blank under another name, an underscore in the blank's
# place, and says 226 or 257 as for any other; SIZE, CWD and RETR with the name that was given are then 550. It also leaves a
# quotation mark in a path as it is in 257, where RFC 959 (appendix II, "Directory commands") has it doubled, so that no client
# can tell where the path ends. ProFTPD and pyftpdlib do both as expected.
# Matters for: mirrors and backups: such a file is uploaded again at each run, and one that is looked at after the upload, as
# careful clients do, is not there; a client that reads PWD is in `/a`, not in `/a"b`.
# Versions: pure-ftpd 1.0.50-2.1+b2, ProFTPD 1.3.8+dfsg-4+deb12u5, pyftpdlib 1.5.7-3 of Debian 12.
# Seen ("·" is a blank):
#                       Pure-FTPd            ProFTPD              pyftpdlib
#   STOR ·note          226                  226                  226
#   SIZE ·note          550                  213                  213
#   name in the folder  _note                ·note                ·note
#   MKD room·, CWD      257 550              257 250              257 250
#   MKD a"b, CWD, PWD   257 "/a"b"           257 "/a""b"          257 "/a""b"
set -eu
tmp=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download pure-ftpd=1.0.50-2.1+b2 pure-ftpd-common=1.0.50-2.1 libsodium23 \
  proftpd-core=1.3.8+dfsg-4+deb12u5 libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 \
  python3-pyftpdlib=1.5.7-3 python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
export PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages"
hash=$(openssl passwd -6 lovelace)
for server in pure proftpd pyftpdlib; do mkdir "$server" && chown 65534:65534 "$server"; done
ports=$(deb/usr/bin/python3.11 -c "import socket
s = [socket.create_server(('127.0.0.1', 0)) for _ in range(3)]
print(*[each.getsockname()[1] for each in s])")
read -r pure proftpd pyftpdlib <<< "$ports"
echo "ada:$hash:65534:65534::$tmp/pure/./::::::::::::" > pure.passwd
deb/usr/bin/pure-pw mkdb "$tmp/pure.pdb" -f "$tmp/pure.passwd"
deb/usr/sbin/pure-ftpd -S "127.0.0.1,$pure" -l "puredb:$tmp/pure.pdb" -A -E -H -u 1 -g "$tmp/pure.pid" >/dev/null 2>&1 & pids="$pids $!"
echo "ada:$hash:65534:65534::$tmp/proftpd:/bin/false" > users && chmod 600 users
cat > proftpd.conf <<CONF
ServerType standalone
DefaultAddress 127.0.0.1
Port $proftpd
User nobody
Group nogroup
PidFile $tmp/pid
ScoreboardFile $tmp/scoreboard
UseReverseDNS off
WtmpLog off
SystemLog none
RequireValidShell off
DefaultRoot ~
AuthOrder mod_auth_file.c
AuthUserFile $tmp/users
CONF
deb/usr/sbin/proftpd -n -q -c "$tmp/proftpd.conf" >/dev/null 2>&1 & pids="$pids $!"
cat > serve.py <<'PY'
import logging, sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.disable(logging.CRITICAL)
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user('ada', 'lovelace', sys.argv[2], perm='elradfmwMT')
FTPServer(('127.0.0.1', int(sys.argv[1])), FTPHandler).serve_forever()
PY
deb/usr/bin/python3.11 serve.py "$pyftpdlib" "$tmp/pyftpdlib" >/dev/null 2>&1 & pids="$pids $!"
cat > try.py <<'PY'
import ftplib, io, os, socket, sys, time
wanted = {
    'pure': ['226', '550', '_note', '257 550', '257 "/a"b"'],
    'proftpd': ['226', '213', ' note', '257 250', '257 "/a""b"'],
    'pyftpdlib': ['226', '213', ' note', '257 250', '257 "/a""b"'],
}
def reply(client, command):
    client.putcmd(command)
    return client.getmultiline()
as_stated = True
for name, port in zip(wanted, map(int, sys.argv[1:])):
    for _ in range(400):
        try: socket.create_connection(('127.0.0.1', port)).close(); break
        except OSError: time.sleep(0.05)
    client = ftplib.FTP()
    client.connect('127.0.0.1', port, 10)
    client.login('ada', 'lovelace')
    stored = client.storbinary('STOR  note', io.BytesIO(b'hello'))[:3]
    size = reply(client, 'SIZE  note')[:3]
    [kept] = os.listdir(name)
    room = f"{reply(client, 'MKD room ')[:3]} {reply(client, 'CWD room ')[:3]}"
    client.cwd('/')
    reply(client, 'MKD a"b')
    client.cwd('a"b')
    path = reply(client, 'PWD')
    seen = [stored, size, kept, room, path[: path.rindex('"') + 1]]
    print(name.ljust(9), ' | '.join(seen))
    as_stated = as_stated and seen == wanted[name]
    client.close()
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
timeout 60 deb/usr/bin/python3.11 try.py "$pure" "$proftpd" "$pyftpdlib"
