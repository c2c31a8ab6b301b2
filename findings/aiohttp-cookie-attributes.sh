#!/usr/bin/env bash
# Surprise: attributes of Set-Cookie that a client does not know are to be ignored (RFC 6265, section 5.2), which is how new
# ones come into use. aiohttp reads the field by Python's http.cookies: of `a=b; Partitioned` it keeps no cookie at all, and
# `a=b; Priority=High` gives it two, `a` and one called Priority, which goes to the server with every request.
# Matters for: who logs in by aiohttp: the session is gone on the day when the site marks its cookie Partitioned, as for
# frames; no error says so. urllib's cookie jar is not touched.
# Versions: aiohttp 3.8.4-1+deb12u2, Python 3.11.2-6+deb12u9.
# Seen (the Cookie field of the second request):
#   Set-Cookie: a=b; Path=/            a=b                     urllib: a=b
#   Set-Cookie: a=b; Partitioned       none                    urllib: a=b
#   Set-Cookie: a=b; Priority=High     Priority=High; a=b      urllib: a=b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 python3-aiohttp=3.8.4-1+deb12u2 python3-aiosignal=1.3.1-1 python3-async-timeout=4.0.2-1 \
  python3-attr=22.2.0-1 python3-charset-normalizer=3.0.1-2 python3-frozenlist=1.3.3-1+b1 python3-idna=3.3-1+deb12u1 \
  python3-multidict=6.0.4-1+b1 python3-typing-extensions=4.4.0-1 python3-yarl=1.8.2-1+b1 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.py <<'PY'
import asyncio, http.cookiejar, sys, urllib.request
import aiohttp

lines = {
    'a=b; Path=/': ('a=b', 'a=b'),
    'a=b; Partitioned': ('none', 'a=b'),
    'a=b; Priority=High': ('Priority=High; a=b', 'a=b'),
}

async def look(text):
    sent = []
    async def answer(reader, writer):
        head = (await reader.readuntil(b'\r\n\r\n')).decode()
        sent.append(next((line[8:] for line in head.split('\r\n') if line.lower().startswith('cookie: ')), 'none'))
        writer.write(f'HTTP/1.1 200 OK\r\nSet-Cookie: {text}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'.encode())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    url = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}/'
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        for _ in range(2): await client.get(url)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({}))
    for _ in range(2): await asyncio.to_thread(opener.open, url)
    return sent[1], sent[3]

as_stated = True
for text, wanted in lines.items():
    seen = asyncio.run(look(text))
    print('Set-Cookie:', text.ljust(20), seen[0].ljust(20), 'urllib:', seen[1])
    as_stated = as_stated and seen == wanted
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages" timeout 60 deb/usr/bin/python3.11 try.py
