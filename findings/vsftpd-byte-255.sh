#!/usr/bin/env bash
# Surprise: vsftpd doubles the byte 255 of a path in its replies, as Telnet asks (the control connection of FTP is one by RFC
# 959), but takes it single in the arguments of commands, without undoubling. So a path from its own PWD or MKD reply, sent back
# as it came, is another folder, which is not there; and a doubled one that a Telnet-minded client sends makes a folder of
# another name.
# Matters for: clients of old servers with Latin-1 names (255 is y with a diaeresis), which go back to a folder by PWD's reply.
# Versions: vsftpd 3.0.3-13+b2, Python 3.11.2-6+deb12u9.
# Seen (<FF> is the byte 255):
#   MKD a<FF>b           257 "/in/a<FF><FF>b" created
#   CWD a<FF>b           250 Directory successfully changed.
#   PWD                  257 "/in/a<FF><FF>b" is the current directory
#   CWD, as PWD said     550 Failed to change directory.
#   on disk              a<FF>b
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download vsftpd=3.0.3-13+b2 libwrap0=7.6.q-32 libnsl2=1.3.0-2 libtirpc3=1.3.3+ds-1 \
  libgssapi-krb5-2=1.20.1-2+deb12u5 libk5crypto3=1.20.1-2+deb12u5 libkeyutils1=1.6.3-2 libkrb5-3=1.20.1-2+deb12u5 \
  libkrb5support0=1.20.1-2+deb12u5 python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
mkdir -p home/in empty
chmod 777 home/in
cat > try.py <<'PY'
import os, socket, subprocess, sys, time

here = os.getcwd()
with socket.create_server(('127.0.0.1', 0)) as free:
    port = free.getsockname()[1]
# Root needs an account for anonymous logins whose home exists; others run the server as themselves.
account = 'ftp_username=daemon' if os.getuid() == 0 else 'run_as_launching_user=YES'
with open('vsftpd.conf', 'w') as conf:
    conf.write(f'''listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
seccomp_sandbox=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={here}/home
anon_umask=022
write_enable=YES
anon_mkdir_write_enable=YES
secure_chroot_dir={here}/empty
{account}
''')
own = {name: value for name, value in os.environ.items() if name != 'PYTHONHOME'}
server = subprocess.Popen([f'{here}/deb/usr/sbin/vsftpd', f'{here}/vsftpd.conf'], env=own)
try:
    for _ in range(100):
        try:
            control = socket.create_connection(('127.0.0.1', port), 5)
            break
        except OSError:
            time.sleep(0.05)
    replies = control.makefile('rb')

    def ask(command=None):
        if command:
            control.sendall(command + b'\r\n')
        return replies.readline().strip()

    def show(data):
        return data.replace(b'\xff', b'<FF>').decode('ascii', 'replace')

    ask()
    ask(b'USER anonymous')
    seen = []
    ask(b'CWD in')
    for command in (b'MKD a\xffb', b'CWD a\xffb', b'PWD', b'CWD '):
        reply = ask(command + told if command == b'CWD ' else command)
        if command == b'PWD':
            told = reply.split(b'"')[1]
        # Without root there is no chroot, and the folder's own path stands in front.
        seen.append(show(reply).replace(f'{here}/home', ''))
        print(f'{show(command) if command != b"CWD " else "CWD, as PWD said":20} {seen[-1]}')
    names = [show(name) for name in os.listdir(b'home/in')]
    print(f'{"on disk":20} {" ".join(names)}')
    control.close()
finally:
    server.terminate()
    server.wait(10)
as_stated = (seen[0] == '257 "/in/a<FF><FF>b" created' and seen[1].startswith('250') and seen[2].startswith('257 "/in/a<FF><FF>b"')
             and seen[3].startswith('550') and names == ['a<FF>b'])
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu" PYTHONHOME="$tmp/deb/usr"
timeout 40 deb/usr/bin/python3.11 try.py
