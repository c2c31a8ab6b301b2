#!/usr/bin/env bash
# Surprise: an FTP server may greet with "120 Service ready in a moment" and then with "220" (RFC 959, section 5.4,
# names both as replies to a new connection, and its state diagrams wait for the second). Hardly a client knows it, and
# each fails in its own way: curl and wget hang up; tnftp and Python's ftplib take the 120 for the greeting, so that they
# are one reply behind from then on: ftplib's login() succeeds on the greeting, and the next command gets USER's 331.
# Matters for: people who write FTP clients or put a slow server behind one; "login worked, TYPE is refused with 331" is
# the sign of it. lftp waits for the 220.
# Versions: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, tnftp 20210827-4+b1, lftp 4.9.2-2+b1, Python 3.11.2-6+deb12u9.
# Seen:
#   curl     failed; the server heard: (nothing)
#   wget     failed; the server heard: (nothing)
#   tnftp    failed; the server heard: USER SYST FEAT TYPE SIZE EPSV QUIT
#   lftp     hello; the server heard: FEAT USER PASS PWD TYPE SIZE PASV RETR QUIT
#   ftplib   connect() took: 120 ready in a moment; login() returned: 220 ready; then TYPE I: 331 password
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libbrotli1=1.0.9-2+deb12u1 \
  libnghttp2-14=1.52.0-1+deb12u3 librtmp1=2.4+20151223.gitfa8646d.1-2+b2 libssh2-1=1.10.0-3+deb12u1 \
  libldap-2.5-0=2.5.13+dfsg-5 libsasl2-2=2.1.28+dfsg-10+deb12u1 libgssapi-krb5-2=1.20.1-2+deb12u5 \
  libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 libkrb5support0=1.20.1-2+deb12u5 \
  wget=1.21.3-1+deb12u1 libpsl5=0.21.2-1 tnftp=20210827-4+b1 libbsd0=0.11.7-2 libedit2=3.1-20221030-2 lftp=4.9.2-2+b1 \
  python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu" PYTHONHOME="$tmp/deb/usr" HOME="$tmp"
timeout 90 deb/usr/bin/python3.11 - <<'PY'
import ftplib, os, socket, subprocess, threading

class Server:
    def __init__(self):
        self.heard = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            control, _ = self.listener.accept()
            control.settimeout(10)
            say = lambda text: control.sendall(text.encode() + b'\r\n')
            say('120 ready in a moment')
            say('220 ready')
            data = None
            for line in control.makefile('r', newline='\r\n'):
                verb = line.split()[0].upper()
                self.heard.append(verb)
                if verb in ('EPSV', 'PASV'):
                    data = socket.create_server(('127.0.0.1', 0))
                    data.settimeout(5)
                    port = data.getsockname()[1]
                    say(f'229 ok (|||{port}|)' if verb == 'EPSV' else f'227 ok (127,0,0,1,{port >> 8},{port & 255})')
                elif verb == 'RETR':
                    say('150 here')
                    peer, _ = data.accept()
                    peer.sendall(b'hello')
                    peer.close()
                    say('226 done')
                else:
                    say({'USER': '331 password', 'PASS': '230 in', 'PWD': '257 "/"', 'TYPE': '200 ok', 'SIZE': '213 5',
                         'QUIT': '221 bye'}.get(verb, '500 no'))
        except OSError:
            pass

bin = os.environ['HOME'] + '/deb/usr/bin/'
clients = {
    'curl': [bin + 'curl', '-sS', '--max-time', '8', 'ftp://u:p@127.0.0.1:{}/f'],
    'wget': [bin + 'wget', '-q', '--tries=1', '--timeout=5', '-O', '-', 'ftp://u:p@127.0.0.1:{}/f'],
    'tnftp': [bin + 'tnftp', '-o', '-', 'ftp://u:p@127.0.0.1:{}/f'],
    'lftp': [bin + 'lftp', '-c', 'set net:max-retries 1; set net:timeout 5; set ftp:ssl-allow no; open -u u,p -p {} 127.0.0.1; cat f'],
}
got = {}
for name, command in clients.items():
    server = Server()
    try:
        run = subprocess.run([part.format(server.port) for part in command], capture_output=True, stdin=subprocess.DEVNULL, timeout=15)
        got[name] = run.stdout == b'hello'
    except subprocess.TimeoutExpired:
        got[name] = False
    print(f"{name:8} {'hello' if got[name] else 'failed'}; the server heard: {' '.join(server.heard) or '(nothing)'}")
server = Server()
ftp = ftplib.FTP()
ftp.connect('127.0.0.1', server.port, 5)
welcome = ftp.welcome
login = ftp.login('u', 'p')
try:
    second = ftp.voidcmd('TYPE I')
except ftplib.Error as error:
    second = str(error)
print(f'ftplib   connect() took: {welcome}; login() returned: {login}; then TYPE I: {second}')
as_stated = got == {'curl': False, 'wget': False, 'tnftp': False, 'lftp': True} and login.startswith('220') and second.startswith('331')
print('as stated' if as_stated else 'CHANGED')
os._exit(0 if as_stated else 1)
PY
