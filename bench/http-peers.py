"""JSON GETs, so many at once, by a client of Python: one round for each line on standard input.

python http-peers.py (requests | aiohttp | httpx) URL REQUESTS AT_ONCE
Answers with the microseconds of CPU that the round took.
"""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor

name, url, requests_of_round, at_once = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def tell(started: float) -> None:
    print(round((time.process_time() - started) * 1_000_000), flush=True)


def by_requests() -> None:
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=at_once))
    with ThreadPoolExecutor(at_once) as threads:
        print("ready", flush=True)
        for _ in sys.stdin:
            started = time.process_time()
            list(threads.map(lambda _: session.get(url).json(), range(requests_of_round)))
            tell(started)


async def rounds(get) -> None:
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        started = time.process_time()
        left = iter(range(requests_of_round))

        async def worker() -> None:
            for _ in left:
                await get()

        await asyncio.gather(*(worker() for _ in range(at_once)))
        tell(started)


async def by_aiohttp() -> None:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get() -> object:
            async with session.get(url) as response:
                return await response.json()

        await rounds(get)


async def by_httpx() -> None:
    import httpx

    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def get() -> object:
            return (await client.get(url)).json()

        await rounds(get)


if name == "requests":
    by_requests()
else:
    asyncio.run(by_aiohttp() if name == "aiohttp" else by_httpx())
