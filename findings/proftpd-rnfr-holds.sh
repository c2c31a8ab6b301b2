#!/usr/bin/env bash
# Surprise: RNFR that is not followed by RNTO takes a ProFTPD session out of use. RFC 959 wants RNTO behind it at once, and one would
# expect a server to forget a rename that the client gave up; ProFTPD answers every command from then on, CWD and STAT as well, with
# 501, until RNTO comes. NOOP and QUIT alone are answered as ever. The refused commands do not end it.
# Matters for: clients that stop between the two (an abort, a time limit), or that ask by RNFR whether a name is there: the
# connection looks healthy to a keep-alive by NOOP, and each later call fails. RNTO with the old name ends it.
# Versions: ProFTPD 1.3.8+dfsg-4+deb12u5 of Debian 12.
# Seen, the codes of the replies:
#   RNFR 350, PWD 501, TYPE 501, NOOP 200, EPSV 501, PWD 501, RNTO 250, PWD 257
set -eu
self=$(realpath "$0")
tmp=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download proftpd-core=1.3.8+dfsg-4+deb12u5 libhiredis0.14 libmemcached11 \
  libmemcachedutil2 libpcre2-posix3 libsodium23 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
mkdir -p home && echo hello > home/note && chown -R 65534:65534 home && chmod 755 home
echo "ada:$(openssl passwd -6 lovelace):65534:65534::$tmp/home:/bin/false" > users && chmod 600 users
port=$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")
cat > proftpd.conf <<CONF
ServerType standalone
DefaultAddress 127.0.0.1
Port $port
User nobody
Group nogroup
PidFile $tmp/pid
ScoreboardFile $tmp/scoreboard
UseReverseDNS off
WtmpLog off
SystemLog none
RequireValidShell off
AuthOrder mod_auth_file.c
AuthUserFile $tmp/users
CONF
deb/usr/sbin/proftpd -n -q -c "$tmp/proftpd.conf" >proftpd.log 2>&1 & pids=$!
until node -e "require('net').connect($port,'127.0.0.1').on('connect',()=>process.exit()).on('error',()=>process.exit(1))"; do
  kill -0 "$pids" || { echo 'ProFTPD does not start'; cat proftpd.log >&2; exit 2; }
done
cat > talk.js <<'JS'
const { connect } = require('net')
const port = Number(process.argv[2])
const COMMANDS = ['RNFR note', 'PWD', 'TYPE I', 'NOOP', 'EPSV', 'PWD', 'RNTO other', 'PWD']
const left = ['USER ada', 'PASS lovelace', ...COMMANDS]
const codes = []
const socket = connect(port, '127.0.0.1')
let text = ''
socket.setEncoding('utf8').on('data', (piece) => {
  text += piece
  for (let end; (end = text.indexOf('\n')) >= 0; ) {
    const [, code] = /^(\d{3}) /.exec(text) ?? []
    text = text.slice(end + 1)
    if (code === undefined) continue
    codes.push(code)
    const next = left.shift()
    if (next !== undefined) socket.write(`${next}\r\n`)
    else socket.end()
  }
})
socket.on('close', () => {
  const seen = COMMANDS.map((command, at) => `${command.split(' ')[0]} ${codes[at + 3] ?? 'nothing'}`)
  console.log(seen.join(', '))
})
JS
node talk.js "$port" | tee seen
sed -n 's/^#   //p' "$self" > stated
cmp -s seen stated && echo 'as stated' || { echo 'it has changed'; exit 1; }
