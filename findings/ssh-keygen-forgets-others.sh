#!/usr/bin/env bash
# Surprise: `ssh-keygen -R NAME`, which removes "all keys belonging to the specified hostname", removes whole lines of known_hosts:
# the other names of a line, and every host that a line with a wildcard stands for, are forgotten with it, and the next connection
# to one of them asks for its key anew. The message speaks of the one name alone. `ssh-keygen -F [NAME]:PORT` on the other hand
# finds nothing where ssh itself would take the key of the line that has NAME without a port.
# Matters for: programs that run `ssh-keygen -R` when a machine is set up again, with `host,address` lines or one line for a farm.
# Versions: openssh-client 1:9.2p1-2+deb12u10.
# Seen:
#   -R a.example        of `a.example,b.example KEY`    b.example is unknown as well
#   -R n1.farm.example  of `*.farm.example KEY`         n2.farm.example is unknown as well
#   -F [q.example]:2222 of `q.example KEY`              nothing, exit code 1
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
chmod 755 "$tmp"
cd "$tmp"
timeout 300 apt-get -qq download openssh-client=1:9.2p1-2+deb12u10 libssl3=3.0.22-1~deb12u2 2>/dev/null || { echo 'cannot fetch the packages'; exit 2; }
for deb in *.deb; do dpkg -x "$deb" deb; done
export LD_LIBRARY_PATH="$tmp/deb/usr/lib/$(uname -m)-linux-gnu:$tmp/deb/lib/$(uname -m)-linux-gnu"
keygen=deb/usr/bin/ssh-keygen
"$keygen" -q -t ed25519 -N '' -C '' -f key
read -r type blob < key.pub
known() { "$keygen" -F "$1" -f hosts > found && echo known || echo unknown; }
failed=0
check() {
  printf '%-50s %s\n' "$1" "$2"
  [ "$2" = "$3" ] || failed=1
}
printf '%s %s %s\n' a.example,b.example "$type" "$blob" '*.farm.example' "$type" "$blob" q.example "$type" "$blob" > hosts
check 'before: b.example' "$(known b.example)" known
check 'before: n2.farm.example' "$(known n2.farm.example)" known
"$keygen" -R a.example -f hosts > told 2>&1
check 'behind -R a.example: b.example' "$(known b.example)" unknown
"$keygen" -R n1.farm.example -f hosts > told 2>&1
check 'behind -R n1.farm.example: n2.farm.example' "$(known n2.farm.example)" unknown
check 'q.example' "$(known q.example)" known
check '[q.example]:2222' "$(known '[q.example]:2222')" unknown
[ "$failed" = 0 ] && echo 'as stated' || { echo 'it has changed'; exit 1; }
