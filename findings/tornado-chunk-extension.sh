#!/usr/bin/env bash
# Surprise: behind the size of a chunk may stand extensions, and a recipient must ignore those that it does not know (RFC
# 9112, section 7.1.1). Tornado's own client takes `5;a=b` for the end of the connection: HTTPStreamClosedError, "Connection
# closed", behind a good status line. Python's urllib reads it.
# Matters for: who calls servers that put extensions there: the message points to the network, and a repeat ends the same way.
# Versions: python3-tornado 6.2.0-3+deb12u4, Python 3.11.2-6+deb12u9.
# Seen:
#   chunk     urllib   tornado
#   5         hello    hello
#   5;a=b     hello    HTTPStreamClosedError: Connection closed
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download python3-tornado=6.2.0-3+deb12u4 python3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.py <<'PY'
import asyncio, sys, urllib.request
from tornado.simple_httpclient import SimpleAsyncHTTPClient

async def look(size):
    async def answer(reader, writer):
        await reader.readuntil(b'\r\n\r\n')
        writer.write(f'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{size}\r\nhello\r\n0\r\n\r\n'.encode())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    url = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}/'
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    first = (await asyncio.to_thread(lambda: opener.open(url).read())).decode()
    try:
        second = (await SimpleAsyncHTTPClient(force_instance=True).fetch(url)).body.decode()
    except Exception as error:
        second = f'{type(error).__name__}: {error}'
    return first, second

as_stated = True
for size, wanted in {'5': ('hello', 'hello'), '5;a=b': ('hello', 'HTTPStreamClosedError: Connection closed')}.items():
    seen = asyncio.run(look(size))
    print(size.ljust(8), seen[0].ljust(8), seen[1])
    as_stated = as_stated and seen == wanted
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages" timeout 60 deb/usr/bin/python3.11 try.py 2> /dev/null
