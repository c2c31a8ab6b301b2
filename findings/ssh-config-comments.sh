#!/usr/bin/env bash
# Surprise: OpenSSH takes a `#` behind a value in ssh_config for the beginning of a comment, although its manual speaks of
# whole lines alone. Paramiko makes the comment a part of the value: the user is `joe # me`, and the port is no number.
# asyncssh refuses the whole file.
# Matters for: one ~/.ssh/config for ssh and for tools on Paramiko or asyncssh (Fabric, SFTP file systems, deployments): a
# login fails for a user that is not there, or for hosts that have nothing to do with the line.
# Versions: openssh-client 1:9.2p1-2+deb12u10, Paramiko 2.12.0-2, asyncssh 2.10.1-2+deb12u2, Python 3.11.2-6+deb12u9.
# Seen (the port and user of host h):
#                                   ssh -G      Paramiko                      asyncssh
#   Port 2222, User joe             2222, joe   2222, joe                     2222, joe
#   Port "2222", User "joe"         2222, joe   2222, joe                     2222, joe
#   Port 2222 # new, User joe # me  2222, joe   2222 # new, joe # me          Extra data at end: # new
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 python3.11-minimal=3.11.2-6+deb12u9 libpython3.11-minimal=3.11.2-6+deb12u9 \
  libpython3.11-stdlib=3.11.2-6+deb12u9 python3-paramiko=2.12.0-2 python3-asyncssh=2.10.1-2+deb12u2 python3-typing-extensions=4.4.0-1 \
  python3-bcrypt=3.2.2-1 python3-nacl=1.5.0-2 python3-cryptography python3-cffi-backend python3-six libsodium23 \
  2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
cat > try.py <<'PY'
import subprocess, sys, warnings
warnings.simplefilter('ignore')
import asyncssh, paramiko

def by_ssh():
    told = subprocess.run(['deb/usr/bin/ssh', '-G', '-F', 'config', 'h'], capture_output=True, text=True).stdout
    values = dict(line.split(' ', 1) for line in told.splitlines() if ' ' in line)
    return f"{values['port']}, {values['user']}"

def by_paramiko():
    values = paramiko.SSHConfig.from_path('config').lookup('h')
    return f"{values['port']}, {values['user']}"

def by_asyncssh():
    try:
        options = asyncssh.SSHClientConnectionOptions(config='config', host='h', username=())
        return f'{options.port}, {options.username}'
    except asyncssh.ConfigParseError as error:
        return str(error).split(': ', 1)[1]

lines = {
    'Port 2222\n User joe\n': ['2222, joe', '2222, joe', '2222, joe'],
    'Port "2222"\n User "joe"\n': ['2222, joe', '2222, joe', '2222, joe'],
    'Port 2222 # new\n User joe # me\n': ['2222, joe', '2222 # new, joe # me', 'Extra data at end: # new'],
}
as_stated = True
for text, wanted in lines.items():
    with open('config', 'w') as file: file.write(f'Host h\n {text}')
    seen = [by_ssh(), by_paramiko(), by_asyncssh()]
    print(', '.join(text.strip().split('\n ')).ljust(32), seen)
    as_stated = as_stated and seen == wanted
print('as stated' if as_stated else 'CHANGED')
sys.exit(0 if as_stated else 1)
PY
chmod 600 try.py
PYTHONHOME="$tmp/deb/usr" PYTHONPATH="$tmp/deb/usr/lib/python3/dist-packages" LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu" \
  timeout 60 deb/usr/bin/python3.11 try.py
