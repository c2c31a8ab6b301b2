#!/usr/bin/env bash
# Unpacks the sshd of Debian 13 (OpenSSH 10) aside into a folder, with the libraries that it needs: Debian 12 has none that
# speaks post-quantum key exchange. Usage: openssh-10.sh FOLDER
set -euo pipefail
folder=$1
[ -x "$folder/root/usr/sbin/sshd" ] && exit 0
mkdir -p "$folder"/{lists/partial,parts,debs,root}
cat > "$folder/parts/trixie.sources" <<'SOURCES'
Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
aside=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$folder/parts" -o "Dir::State::lists=$folder/lists")
apt-get -q "${aside[@]}" update
cd "$folder/debs"
apt-get -q "${aside[@]}" download openssh-server libc6 libcrypt1 libpam0g libselinux1 libpcre2-8-0 libaudit1 libcap-ng0 \
  libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1 libsystemd0 libcap2 libwrap0 libnsl2 \
  libtirpc3t64 libssl3t64 zlib1g libzstd1 libwtmpdb0 libsqlite3-0
for package in *.deb; do dpkg -x "$package" "$folder/root"; done
