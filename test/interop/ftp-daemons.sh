#!/usr/bin/env bash
# Unpacks ProFTPD, Pure-FTPd and inetutils-ftpd aside into a folder, with the libraries that they need: their packages conflict
# with vsftpd.
# Usage: ftp-daemons.sh FOLDER
set -euo pipefail
folder=$1
[ -x "$folder/root/usr/sbin/pure-ftpd" ] && [ -x "$folder/root/usr/sbin/ftpd" ] && exit 0
mkdir -p "$folder"/{debs,root}
cd "$folder/debs"
apt-get -q download proftpd-core proftpd-mod-crypto pure-ftpd pure-ftpd-common inetutils-ftpd libhiredis0.14 libmemcached11 \
  libmemcachedutil2 libpcre2-posix3 libsodium23 libpq5 libmariadb3 libldap-2.5-0
for package in *.deb; do dpkg -x "$package" "$folder/root"; done
