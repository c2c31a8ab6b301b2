#!/usr/bin/env bash
# Surprise: `TYPE A N`, ASCII Non-print, is the one type that each FTP server has to know; it is the default, and the N may be left
# out (RFC 959, sections 3.1.1.5.1 and 5.1). pyftpdlib takes `TYPE A` and answers 504, unsupported, to `TYPE A N`. Pure-FTPd and
# ProFTPD take both, and all three `TYPE L 8`.
# Matters for: clients that write the type in full, as Java's commons-net does when it is given the format as well: the transfer
# of a text does not begin, or goes on in the type that was set before.
# Versions: pyftpdlib 1.5.7-3, pure-ftpd 1.0.50-2.1+b2, ProFTPD 1.3.8+dfsg-4+deb12u5 of Debian 12.
# Seen:
#                Pure-FTPd   ProFTPD   pyftpdlib
#   TYPE A       200         200       200
#   TYPE A N     200         200       504
#   TYPE L 8     200         200       200
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
for server in pure proftpd pyftpdlib; do mkdir -p "$server/empty" "$server/room" && echo hello > "$server/room/note" && chown -R 65534:65534 "$server"; done
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
import ftplib, socket, sys, time
COMMANDS = ['TYPE A', 'TYPE A N', 'TYPE L 8']
wanted = {'pure': '200 200 200', 'proftpd': '200 200 200', 'pyftpdlib': '200 504 200'}
as_stated = True
for name, port in zip(wanted, map(int, sys.argv[1:])):
    for _ in range(400):
        try: socket.create_connection(('127.0.0.1', port)).close(); break
        except OSError: time.sleep(0.05)
    client = ftplib.FTP()
    client.connect('127.0.0.1', port, 10)
    client.login('ada', 'lovelace')
    codes = []
    for command in COMMANDS:
        client.putcmd(command)
        codes.append(client.getmultiline()[:3])
    print(name.ljust(9), ' '.join(codes))
    as_stated = as_stated and ' '.join(codes) == wanted[name]
    client.close()
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
timeout 60 deb/usr/bin/python3.11 try.py "$pure" "$proftpd" "$pyftpdlib"
