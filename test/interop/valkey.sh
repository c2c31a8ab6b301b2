#!/usr/bin/env bash
# Unpacks the Valkey of Debian 13 aside into a folder, with the libraries that it needs: Debian 12 has none. Leaves a program
# `valkey-server` in the folder. Usage: valkey.sh FOLDER
set -euo pipefail
folder=$1
[ -x "$folder/valkey-server" ] && exit 0
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
apt-get -q "${aside[@]}" download valkey-server valkey-tools libc6 libsystemd0 libcap2 libssl3t64 zlib1g libzstd1 liblua5.1-0 \
  liblzf1 libjemalloc2 libatomic1 libhiredis1.1.0 libstdc++6 libgcc-s1
for package in *.deb; do dpkg -x "$package" "$folder/root"; done
cat > "$folder/valkey-server" <<'RUN'
#!/bin/sh
root=$(dirname "$0")/root
libraries=$(find "$root" -type d -name '*-linux-gnu' | tr '\n' ':')
exec "$(find "$root" -name 'ld-linux-*.so.*' | head -1)" --library-path "$libraries" "$root/usr/bin/valkey-server" "$@"
RUN
chmod +x "$folder/valkey-server"
