"""Round trips of 64 bytes within one process of asyncio: `echo TIMES` on standard input runs that many, and prints the
microseconds of CPU that they took."""

import asyncio
import sys
import time

MESSAGE = b"x" * 64


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()


async def main() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        started = time.process_time()
        for _ in range(int(line.split()[1])):
            writer.write(MESSAGE)
            await writer.drain()
            await reader.readexactly(64)
        print(round((time.process_time() - started) * 1_000_000), flush=True)


asyncio.run(main())
