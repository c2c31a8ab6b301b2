#!/usr/bin/env bash
# Surprise: RSET, NOOP and VRFY belong to the few commands that each SMTP server has to know (RFC 5321, section 4.5.1). msmtpd knows
# MAIL, RCPT, DATA and QUIT; all else is 500 to it, and the end of the session where a mail was begun: once each recipient of a
# mail has been refused, a client that sends RSET, as it should, has lost the connection. Among the refused are two valid forms of
# address, a quoted local part with a blank and an address literal (section 4.1.2).
# Matters for: programs that send several mails over a connection, as smtplib or a pool does: the mail behind one whose
# recipient was refused fails too, and a NOOP that keeps a connection fresh looks like a broken server.
# Versions: msmtp-mta 1.8.23-1, Python 3.11.2-6+deb12u9.
# Seen:
#   NOOP                              500 Expected MAIL FROM:<addr> or QUIT
#   RSET                              500 Expected MAIL FROM:<addr> or QUIT
#   VRFY joe                          500 Expected MAIL FROM:<addr> or QUIT
#   MAIL FROM:<joe@[192.0.2.1]>       501 Invalid address
#   smtplib, to joe@x.test            sent
#   smtplib, to "jo e"@x.test         501 Invalid address
#   smtplib, to joe@x.test again      closed
set -eu
self=$(realpath "$0")
tmp=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
cd "$tmp"
timeout 300 apt-get -qq download msmtp-mta=1.8.23-1 libsecret-1-0 libglib2.0-0 libgsasl18 libidn12 libgssglue1 libntlm0 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu" PYTHONHOME="$tmp/deb/usr"
port=$(deb/usr/bin/python3.11 -c "import socket; print(socket.create_server(('127.0.0.1', 0)).getsockname()[1])")
deb/usr/bin/msmtpd --interface=127.0.0.1 --port="$port" --command='cat >/dev/null;:' >/dev/null 2>&1 & pids=$!
cat > try.py <<'PY'
import smtplib, socket, sys, time
port = int(sys.argv[1])
for _ in range(400):
    try: socket.create_connection(('127.0.0.1', port)).close(); break
    except OSError: time.sleep(0.05)
for command in 'NOOP', 'RSET', 'VRFY joe', 'MAIL FROM:<joe@[192.0.2.1]>':
    with smtplib.SMTP('127.0.0.1', port, 'client.example', 10) as client:
        client.ehlo()
        code, text = client.docmd(command)
        print(command.ljust(33), code, text.decode())
client = smtplib.SMTP('127.0.0.1', port, 'client.example', 10)
for recipient, again in ('joe@x.test', ''), ('"jo e"@x.test', ''), ('joe@x.test', ' again'):
    try:
        client.sendmail('ada@x.test', [recipient], 'Subject: s\r\n\r\nhello\r\n')
        seen = 'sent'
    except smtplib.SMTPRecipientsRefused as error:
        [(code, text)] = error.recipients.values()
        seen = f'{code} {text.decode()}'
    except smtplib.SMTPServerDisconnected:
        seen = 'closed'
    print(f'smtplib, to {recipient}{again}'.ljust(33), seen)
PY
timeout 60 deb/usr/bin/python3.11 try.py "$port" | tee seen
sed -n 's/^#   //p' "$self" > stated
cmp -s seen stated && echo 'as stated' || { echo 'CHANGED'; exit 1; }
