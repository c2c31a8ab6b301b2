// Connects to a sshd that leaves group exchange alone, after two connections that load and compile what it takes, and prints how
// long the thread was at work between two turns of the event loop at most, in microseconds of the processor's time.
import { fromFile } from '@net/core'
import * as ssh from '@net/ssh'

const [url = '', user = '', key = '', fingerprint = ''] = process.argv.slice(2)
const login = { user, auth: ssh.key(fromFile(key)), hostKeys: ssh.pinned(fingerprint) }
for (let warm = 0; warm < 2; warm++) await (await ssh.connect(url, login)).close()
const over: boolean[] = []
const connecting = ssh.connect(url, login).finally(() => over.push(true))
let before = process.threadCpuUsage()
let held = 0
while (over.length === 0) {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  const now = process.threadCpuUsage()
  held = Math.max(held, now.user - before.user + now.system - before.system)
  before = now
}
await (await connecting).close()
console.log(held)
