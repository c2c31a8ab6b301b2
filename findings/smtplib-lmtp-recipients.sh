#!/usr/bin/env bash
# Surprise: behind the dot an LMTP server sends one reply for each recipient (RFC 2033, section 4.2). Python's smtplib.LMTP
# reads one: the refusal of the second recipient is not told, sendmail() returns "no one was refused", and the reply that was
# left answers the next command. So the next message is refused at MAIL, and had the second recipient been taken, its 250
# would stand for the next MAIL.
# Matters for: who delivers to Dovecot or Cyrus from Python: mail is lost for a mailbox over its quota, and every reply that
# follows belongs to an earlier command. One recipient for each message is safe.
# Versions: Python 3.11.2-6+deb12u9.
# Seen (the server keeps the mail for ada and answers 552 for joe):
#   to ada and joe       {} (none refused)
#   then to ada alone    MAIL refused: 552 joe is over quota
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.py <<'PY'
import smtplib, socketserver, sys, threading

class Lmtp(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b'\r\n')
        say('220 mail.example LMTP')
        recipients = []
        while line := self.rfile.readline().decode().strip().lower():
            if line.startswith('lhlo'): say('250 mail.example')
            elif line.startswith('rcpt'): recipients.append(line); say('250 ok')
            elif line == 'data':
                say('354 go on')
                while self.rfile.readline() != b'.\r\n': pass
                for each in recipients: say('250 kept' if 'ada' in each else '552 joe is over quota')
                recipients = []
            else: say('250 ok')

with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Lmtp) as server:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = smtplib.LMTP('127.0.0.1', server.server_address[1], timeout=10)
    refused = client.sendmail('me@x.example', ['ada@x.example', 'joe@x.example'], 'Subject: one\r\n\r\n1')
    print('to ada and joe      ', refused)
    try:
        then = client.sendmail('me@x.example', ['ada@x.example'], 'Subject: two\r\n\r\n2')
    except smtplib.SMTPSenderRefused as error:
        then = f'MAIL refused: {error.smtp_code} {error.smtp_error.decode()}'
    print('then to ada alone   ', then)
    as_stated = refused == {} and then == 'MAIL refused: 552 joe is over quota'
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
PYTHONHOME="$tmp/deb/usr" timeout 60 deb/usr/bin/python3.11 try.py
