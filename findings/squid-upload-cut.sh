#!/usr/bin/env bash
# Surprise: squid cuts off an upload that the client sends faster than the server behind squid takes it: once its buffer for the
# request (client_request_buffer_max_size, 512 KB unless set) is full, it takes "no room" for "the client has left", closes both
# connections and sends no answer. Squid's bug 5405, mended there in 2024. Neither the client nor the server did anything wrong, and a
# repeat ends the same way; with a buffer larger than the upload it passes.
# Matters for: uploads through squid, as a proxy or in front of a server, and clients that see a reset where they expect a status.
# Versions: squid 5.7-2+deb12u6 of Debian 12; any curl and Node 20 or later.
# Seen, for 8 MB that the server takes in pieces of 64 KB, 5 ms apart:
#   buffer of 512 KB   no answer, the connection is lost
#   buffer of 64 MB    200
set -eu
tmp=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download squid=5.7-2+deb12u6 squid-common=5.7-2+deb12u6 libecap3 libnetfilter-conntrack3 \
  libltdl7 libnfnetlink0 libmnl0 squid-langpack 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
head -c 8000000 /dev/zero > body
cat > origin.mjs <<'JS'
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  request.on('data', () => {
    request.pause()
    setTimeout(() => request.resume(), 5)
  })
  request.on('error', () => {})
  request.on('end', () => response.end())
})
server.listen(Number(process.argv[2]), '127.0.0.1')
JS
free() { node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"; }
open() { node -e "require('net').connect($1,'127.0.0.1').on('connect',()=>process.exit()).on('error',()=>process.exit(1))"; }
origin=$(free)
node origin.mjs "$origin" & pids="$pids $!"
until open "$origin"; do :; done
upload() {
  port=$(free)
  cat > "squid$port.conf" <<CONF
http_port 127.0.0.1:$port accel defaultsite=127.0.0.1
cache_peer 127.0.0.1 parent $origin 0 no-query originserver
http_access allow all
client_request_buffer_max_size $1
cache deny all
access_log none
cache_log $tmp/squid.log
pid_filename none
coredump_dir none
shutdown_lifetime 0 seconds
pinger_enable off
visible_hostname localhost
mime_table $tmp/deb/usr/share/squid/mime.conf
icon_directory $tmp/deb/usr/share/squid/icons
error_directory $tmp/deb/usr/share/squid-langpack/en
CONF
  touch squid.log && chmod 666 squid.log
  deb/usr/sbin/squid -N -n "surprise$port" -f "squid$port.conf" 2>squid.err & pids="$pids $!"
  until open "$port"; do kill -0 $! || { echo "squid does not start"; cat squid.err squid.log >&2; exit 2; }; done
  status=$(curl -s -o /dev/null -w '%{http_code}' -H 'Expect:' -T body "http://127.0.0.1:$port/" || :)
  printf 'buffer of %-8s %s\n' "$1" "$status"
  [ "$status" = "$2" ] || failed=1
}
failed=0
upload '512 KB' 000
upload '64 MB' 200
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
