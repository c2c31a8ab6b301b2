"""Files by Python's ftplib: one round for each line on standard input.

python3 ftp-peers.py PORT USER PASSWORD CA
CA is a file for TLS, or `-` for none. A line is `get REMOTE LOCAL`, `put LOCAL REMOTE` or `login`; the answer is the microseconds
of CPU that the round took.
"""

import ftplib
import ssl
import sys
import time

port, user, password, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


class Reusing(ftplib.FTP_TLS):
    """Data connections go on with the session of the control connection, as servers want it."""

    def ntransfercmd(self, cmd, rest=None):
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        return self.context.wrap_socket(connection, server_hostname=self.host, session=self.sock.session), size


def connected():
    if ca == "-":
        client = ftplib.FTP()
        client.connect("localhost", port)
        client.login(user, password)
        return client
    context = ssl.create_default_context(cafile=ca)
    client = Reusing(context=context)
    client.connect("localhost", port)
    client.login(user, password)
    client.prot_p()
    return client


client = connected()
print("ready", flush=True)
for line in sys.stdin:
    verb, *words = line.split()
    started = time.process_time()
    if verb == "login":
        connected().close()
    elif verb == "get":
        with open(words[1], "wb") as file:
            client.retrbinary(f"RETR {words[0]}", file.write, blocksize=262144)
    else:
        with open(words[0], "rb") as file:
            client.storbinary(f"STOR {words[1]}", file, blocksize=262144)
        # The server has closed the file: vsftpd says 226 before that, and allocates the disk's blocks then.
        client.size(words[1])
    print(round((time.process_time() - started) * 1_000_000), flush=True)
