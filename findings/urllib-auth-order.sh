#!/usr/bin/env bash
# Surprise: a server may offer several ways to log in, in any order, and a client is to take one that it knows (RFC 9110,
# section 11.6.1). Python's urllib with a Digest handler looks at the first word of the first offer alone: if that is
# neither Digest nor Basic, it raises ValueError ("does not support the following scheme"), though the Basic handler beside it
# could answer the second offer. With the Basic handler alone, or the offers in the other order, the request succeeds.
# Matters for: programs that install both handlers and meet a server that begins to offer Bearer or Negotiate too: they
# get a ValueError, neither an HTTPError nor an URLError.
# Versions: Python 3.11.2-6+deb12u9.
# Seen (what the server offers / handlers / outcome):
#   Basic, then Bearer  Basic             in
#   Basic, then Bearer  Digest and Basic  in
#   Bearer, then Basic  Basic             in
#   Bearer, then Basic  Digest and Basic  ValueError
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
export PYTHONHOME="$tmp/deb/usr"
timeout 30 deb/usr/bin/python3.11 - <<'PY'
import http.server, sys, threading, urllib.request as request

offers = {'/0': ['Basic realm="a"', 'Bearer realm="a"'], '/1': ['Bearer realm="a"', 'Basic realm="a"']}

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        allowed = self.headers.get('Authorization', '').startswith('Basic ')
        self.send_response(200 if allowed else 401)
        for offer in [] if allowed else offers[self.path]:
            self.send_header('WWW-Authenticate', offer)
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'in' if allowed else b'no')

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
kinds = {'Basic': [request.HTTPBasicAuthHandler], 'Digest and Basic': [request.HTTPDigestAuthHandler, request.HTTPBasicAuthHandler]}
seen = []
for path, offered in offers.items():
    for name, handlers in kinds.items():
        url = f'http://127.0.0.1:{server.server_port}{path}'
        passwords = request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, url, 'u', 'p')
        opener = request.build_opener(request.ProxyHandler({}), *[handler(passwords) for handler in handlers])
        try:
            seen.append(opener.open(url, timeout=5).read().decode())
        except Exception as error:
            seen.append(type(error).__name__)
        print(', then '.join(offer.split()[0] for offer in offered), f' {name:17}', seen[-1])
as_stated = seen == ['in', 'in', 'in', 'ValueError']
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
