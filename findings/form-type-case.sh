#!/usr/bin/env bash
# Surprise: the type of a body and the names of its parameters are the same in upper and lower case (RFC 9110, section 8.3.1). For a
# form whose type has a capital, Tornado, WebOb, Twisted and Plack have no fields, without an error, and CGI.pm has one called
# POSTDATA with the whole body. Tornado and Plack do not find `Boundary=` either.
# Matters for: who serves devices and old programs, or stands behind a gateway that writes types its own way: the request is
# answered by 200, and each field is missing. busboy, formidable, express and undici take all of these.
# Versions: python3-tornado 6.2.0-3+deb12u4, python3-webob 1:1.8.6-3, python3-twisted 22.4.0-4+deb12u1, libplack-perl 1.0050-1,
# libcgi-pm-perl 4.55-1; Python 3.11.2-6+deb12u9 and the Perl 5.36 of Debian 12.
# Seen (the fields of a form that holds a=1):
#   Content-Type                        tornado  webob  twisted  plack  CGI.pm
#   application/x-www-form-urlencoded   a        a      a        a      a
#   Application/X-WWW-Form-URLEncoded   none     none   none     none   POSTDATA
#   multipart/form-data; boundary=b     a        a      a        a      a
#   Multipart/Form-Data; boundary=b     none     none   none     none   POSTDATA
#   multipart/form-data; Boundary=b     error    a      a        error  a
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 python3-tornado=6.2.0-3+deb12u4 python3-webob=1:1.8.6-3 \
  python3-twisted=22.4.0-4+deb12u1 python3-attr python3-automat python3-constantly python3-hyperlink python3-idna \
  python3-incremental python3-zope.interface python3-six python3-typing-extensions python3-hamcrest \
  libplack-perl=1.0050-1 libcgi-pm-perl=4.55-1 libcookie-baker-perl libhash-multivalue-perl libhtml-parser-perl libhtml-tagset-perl \
  libhttp-entity-parser-perl libhttp-headers-fast-perl libhttp-multipartparser-perl libstream-buffered-perl liburi-perl \
  libwww-form-urlencoded-perl libtry-tiny-perl libhttp-message-perl libhttp-date-perl libencode-locale-perl libio-html-perl \
  liblwp-mediatypes-perl libtimedate-perl libjson-maybexs-perl libdevel-stacktrace-perl \
  libclone-perl 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
cat > form.pl <<'PL'
use strict;
my @fields;
if ($ARGV[0] eq 'plack') {
  require Plack::Request;
  my $env = { map { $_ => $ENV{$_} } qw(REQUEST_METHOD CONTENT_TYPE CONTENT_LENGTH) };
  binmode STDIN;
  my $form = eval { Plack::Request->new({ %$env, 'psgi.input' => \*STDIN, 'psgi.url_scheme' => 'http' })->body_parameters };
  print 'error' and exit if $@;
  @fields = keys %$form;
} else {
  require CGI;
  @fields = CGI->new->param;
}
print @fields ? "@fields" : 'none';
PL
cat > try.py <<'PY'
import logging, os, subprocess, sys, threading, urllib.error, urllib.request
import tornado.ioloop, tornado.web
from twisted.internet import reactor
from twisted.web import resource, server
from wsgiref.simple_server import WSGIRequestHandler, make_server
import asyncio, webob

logging.disable(logging.CRITICAL)
ports = {}

class Handler(tornado.web.RequestHandler):
    def post(self):
        self.write(' '.join(self.request.body_arguments) or 'none')

def run_tornado(ready):
    async def main():
        http = tornado.web.Application([('/', Handler)]).listen(0, '127.0.0.1')
        ports['tornado'] = next(iter(http._sockets.values())).getsockname()[1]
        ready.set()
        await asyncio.Event().wait()
    asyncio.run(main())

def application(environ, start_response):
    fields = ' '.join(webob.Request(environ).POST) or 'none'
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [fields.encode()]

class Quiet(WSGIRequestHandler):
    def log_message(self, *_): pass

class Page(resource.Resource):
    isLeaf = True
    def render_POST(self, request):
        return b' '.join(request.args) or b'none'

def run_twisted(ready):
    ports['twisted'] = reactor.listenTCP(0, server.Site(Page()), interface='127.0.0.1').getHost().port
    ready.set()
    reactor.run(installSignalHandlers=False)

for run in run_tornado, run_twisted:
    ready = threading.Event()
    threading.Thread(target=run, args=[ready], daemon=True).start()
    ready.wait(20)
wsgi = make_server('127.0.0.1', 0, application, handler_class=Quiet)
ports['webob'] = wsgi.server_port
threading.Thread(target=wsgi.serve_forever, daemon=True).start()

def post(name):
    def ask(kind, body):
        try:
            request = urllib.request.Request(f'http://127.0.0.1:{ports[name]}/', body, {'Content-Type': kind})
            return urllib.request.urlopen(request, timeout=10).read().decode()
        except urllib.error.HTTPError:
            return 'error'
    return ask

def perl(name):
    def ask(kind, body):
        env = {**os.environ, 'REQUEST_METHOD': 'POST', 'CONTENT_TYPE': kind, 'CONTENT_LENGTH': str(len(body)), 'GATEWAY_INTERFACE': 'CGI/1.1'}
        return subprocess.run(['perl', 'form.pl', name], input=body, env=env, capture_output=True, timeout=20).stdout.decode()
    return ask

readers = {**{name: post(name) for name in ('tornado', 'webob', 'twisted')}, **{name: perl(name) for name in ('plack', 'CGI.pm')}}
parts = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
cases = [
    ('application/x-www-form-urlencoded', b'a=1', 'a a a a a'),
    ('Application/X-WWW-Form-URLEncoded', b'a=1', 'none none none none POSTDATA'),
    ('multipart/form-data; boundary=b', parts, 'a a a a a'),
    ('Multipart/Form-Data; boundary=b', parts, 'none none none none POSTDATA'),
    ('multipart/form-data; Boundary=b', parts, 'error a a error a'),
]
as_stated = True
for kind, body, wanted in cases:
    seen = {name: ask(kind, body) for name, ask in readers.items()}
    print(kind.ljust(34), '  '.join(f'{name} {fields}' for name, fields in seen.items()))
    as_stated = as_stated and ' '.join(seen.values()) == wanted
print('as stated' if as_stated else 'CHANGED', flush=True)
os._exit(0 if as_stated else 1)
PY
export PERL5LIB="$tmp/deb/usr/share/perl5:$tmp/deb/usr/lib/$(uname -m)-linux-gnu/perl5/5.36"
PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages" timeout 80 deb/usr/bin/python3.11 -W ignore try.py
