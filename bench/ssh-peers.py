"""Logins, commands and files over SSH by a client of Python: one round for each line on standard input.

python ssh-peers.py (asyncssh | paramiko) PORT USER KEY_FILE [CIPHER]
A line is `connect TIMES`, `exec TIMES AT_ONCE`, `stream BYTES`, `collect BYTES`, `get FROM TO` or `put FROM TO`; the answer is the
microseconds of CPU that the round took.
"""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor

name, port, user, key_file = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
ciphers = [cipher for cipher in sys.argv[5:] if cipher]


def command_for(size: int) -> str:
    return f"head -c {size} /dev/zero"


class ByParamiko:
    def __init__(self) -> None:
        self.client = self.connected()

    def connected(self):
        import paramiko

        # It would ask for new keys after 512 MiB, and may wait for itself then: an end that comes meanwhile is answered by the
        # thread that has to take the new keys.
        paramiko.packet.Packetizer.REKEY_BYTES = 1 << 40
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("127.0.0.1", port, username=user, key_filename=key_file, allow_agent=False, look_for_keys=False)
        return client

    def run(self, _: int) -> None:
        # Kept to the end: once it is let go of, paramiko ends the input, sometimes behind the close, for which sshd hangs up.
        stdin, stdout, _ = self.client.exec_command("echo one")
        assert stdout.read() == b"one\n"
        assert stdout.channel.recv_exit_status() == 0
        # Left to the garbage collector, it would take the place of another session.
        stdout.channel.close()
        stdin.close()

    def connect(self, times: int) -> None:
        for _ in range(times):
            self.connected().close()

    def exec(self, times: int, at_once: int) -> None:
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(self.run, range(times)))

    def stream(self, size: int) -> None:
        _, stdout, _ = self.client.exec_command(command_for(size))
        left = size
        while chunk := stdout.channel.recv(1 << 20):
            left -= len(chunk)
        assert left == 0

    def collect(self, size: int) -> None:
        _, stdout, _ = self.client.exec_command(command_for(size))
        assert len(stdout.read()) == size

    def get(self, source: str, target: str) -> None:
        with self.client.open_sftp() as sftp:
            sftp.get(source, target)

    def put(self, source: str, target: str) -> None:
        with self.client.open_sftp() as sftp:
            sftp.put(source, target)


class ByAsyncssh:
    async def connected(self):
        import asyncssh

        return await asyncssh.connect(
            "127.0.0.1",
            port,
            username=user,
            client_keys=[key_file],
            known_hosts=None,
            config=None,
            agent_path=None,
            encryption_algs=ciphers or (),
        )

    async def connect(self, times: int) -> None:
        for _ in range(times):
            client = await self.connected()
            client.close()
            await client.wait_closed()

    async def exec(self, times: int, at_once: int) -> None:
        left = iter(range(times))

        async def worker() -> None:
            for _ in left:
                assert (await self.client.run("echo one")).stdout == "one\n"

        await asyncio.gather(*(worker() for _ in range(at_once)))

    async def stream(self, size: int) -> None:
        left = size
        async with self.client.create_process(command_for(size), encoding=None) as process:
            while chunk := await process.stdout.read(1 << 20):
                left -= len(chunk)
        assert left == 0

    async def collect(self, size: int) -> None:
        assert len((await self.client.run(command_for(size), encoding=None)).stdout) == size

    async def get(self, source: str, target: str) -> None:
        async with self.client.start_sftp_client() as sftp:
            await sftp.get(source, target)

    async def put(self, source: str, target: str) -> None:
        async with self.client.start_sftp_client() as sftp:
            await sftp.put(source, target)


def tell(started: float) -> None:
    print(round((time.process_time() - started) * 1_000_000), flush=True)


def by_paramiko() -> None:
    peer = ByParamiko()
    print("ready", flush=True)
    for line in sys.stdin:
        verb, *words = line.split()
        started = time.process_time()
        getattr(peer, verb)(*(int(word) if word.isdigit() else word for word in words))
        tell(started)


async def by_asyncssh() -> None:
    peer = ByAsyncssh()
    peer.client = await peer.connected()
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        verb, *words = line.split()
        started = time.process_time()
        await getattr(peer, verb)(*(int(word) if word.isdigit() else word for word in words))
        tell(started)


if name == "paramiko":
    by_paramiko()
else:
    asyncio.run(by_asyncssh())
