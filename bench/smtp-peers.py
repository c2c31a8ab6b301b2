"""Mails by a client of Python: one round for each line on standard input.

python3 smtp-peers.py (smtplib | aiosmtplib) PORT
A line is `small TIMES CONNECTIONS` or `large TIMES FILE`; the answer is the microseconds of CPU that the round took.
"""

import asyncio
import smtplib
import sys
import time
from email.message import EmailMessage

name, port = sys.argv[1], int(sys.argv[2])
TEXT = "A line of text that says little but has the usual length of one.\n" * 20


def small() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "ada@example.com", "bob@example.com"
    message["Subject"] = "A message to be measured"
    message.set_content(TEXT)
    message.add_alternative(f"<p>{TEXT}</p>", subtype="html")
    return message


def large(path: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "ada@example.com", "bob@example.com"
    message["Subject"] = "A file to be measured"
    message.set_content("See the file.\n")
    with open(path, "rb") as file:
        message.add_attachment(file.read(), maintype="application", subtype="octet-stream", filename="file")
    return message


def tell(started: float) -> None:
    print(round((time.process_time() - started) * 1_000_000), flush=True)


def by_smtplib() -> None:
    client = smtplib.SMTP("127.0.0.1", port)
    print("ready", flush=True)
    for line in sys.stdin:
        kind, times, what = line.split()
        started = time.process_time()
        for _ in range(int(times)):
            client.send_message(small() if kind == "small" else large(what))
        tell(started)


async def by_aiosmtplib() -> None:
    import aiosmtplib

    clients = []
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        kind, times, what = line.split()
        wanted = int(what) if kind == "small" else 1
        while len(clients) < wanted:
            clients.append(aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False))
            await clients[-1].connect()
        started = time.process_time()
        left = iter(range(int(times)))

        async def worker(client) -> None:
            for _ in left:
                await client.send_message(small() if kind == "small" else large(what))

        await asyncio.gather(*(worker(client) for client in clients[:wanted]))
        tell(started)


if name == "smtplib":
    by_smtplib()
else:
    asyncio.run(by_aiosmtplib())
