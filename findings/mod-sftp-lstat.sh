#!/usr/bin/env bash
# Surprise: ProFTPD's SFTP module follows links in LSTAT, which is there to tell of the link itself (draft-ietf-secsh-filexfer-02,
# section 6.8): a link to a folder is a folder. The listing of the folder in which it lies, and READLINK, say that it is a link.
# Matters for: clients that remove or copy a tree: one that asks LSTAT whether to go down into a folder goes through the link, and
# empties or copies what lies outside of the tree.
# Versions: ProFTPD 1.3.8+dfsg-4+deb12u5 with mod_sftp of Debian 12; ssh2 1.17.0 as the client.
# Seen, for `door`, a link to the folder `room`:
#   LSTAT door           a folder
#   listing, attributes  a link
#   listing, line        l…
#   READLINK door        room
# OpenSSH's server says of the same: a link, a link, l…, room.
set -eu
self=$(realpath "$0")
tmp=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download proftpd-core=1.3.8+dfsg-4+deb12u5 proftpd-mod-crypto=1.3.8+dfsg-4+deb12u5 libhiredis0.14 \
  libmemcached11 libmemcachedutil2 libpcre2-posix3 libsodium23 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
echo '{"type":"commonjs"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts ssh2@1.17.0 >/dev/null || { echo 'cannot fetch ssh2'; exit 2; }
mkdir -p home/room && ln -s room home/door && chown -R 65534:65534 home
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f host_key
echo "ada:$(openssl passwd -6 lovelace):65534:65534::$tmp/home:/bin/false" > users && chmod 600 users
port=$(node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})")
cat > conf <<CONF
ServerType standalone
DefaultAddress 127.0.0.1
Port 0
User nobody
Group nogroup
ModulePath $tmp/deb/usr/lib/proftpd
LoadModule mod_sftp.c
PidFile $tmp/pid
ScoreboardFile $tmp/scoreboard
UseReverseDNS off
WtmpLog off
SystemLog none
<VirtualHost 127.0.0.1>
Port $port
SFTPEngine on
SFTPLog none
SFTPHostKey $tmp/host_key
SFTPAuthMethods password
RequireValidShell off
AuthOrder mod_auth_file.c
AuthUserFile $tmp/users
</VirtualHost>
CONF
deb/usr/sbin/proftpd -n -q -c "$tmp/conf" >proftpd.log 2>&1 & pids=$!
until node -e "require('net').connect($port,'127.0.0.1').on('connect',()=>process.exit()).on('error',()=>process.exit(1))"; do
  kill -0 "$pids" || { echo 'ProFTPD does not start'; cat proftpd.log >&2; exit 2; }
done
cat > look.js <<'JS'
const { Client } = require('ssh2')
const client = new Client()
client.on('error', (error) => { console.error(error); process.exit(2) })
client.on('ready', () => client.sftp((error, sftp) => {
  if (error) throw error
  const kind = (attrs) => (attrs.isSymbolicLink() ? 'a link' : attrs.isDirectory() ? 'a folder' : 'something else')
  sftp.lstat('door', (_, attrs) => sftp.readdir('.', (_, list) => sftp.readlink('door', (_, target) => {
    const { attrs: listed, longname } = list.find(({ filename }) => filename === 'door')
    const stats = Object.setPrototypeOf({ ...listed }, Object.getPrototypeOf(attrs))
    console.log(`LSTAT door           ${kind(attrs)}`)
    console.log(`listing, attributes  ${kind(stats)}`)
    console.log(`listing, line        ${longname[0]}…`)
    console.log(`READLINK door        ${target.split('/').at(-1)}`)
    client.end()
  })))
}))
client.connect({ host: '127.0.0.1', port: Number(process.argv[2]), username: 'ada', password: 'lovelace' })
JS
node look.js "$port" | tee seen
sed -n 's/^#   //p' "$self" > stated
cmp -s seen stated && echo 'as stated' || { echo 'it has changed'; exit 1; }
