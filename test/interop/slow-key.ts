// Reads a key of many rounds, after one of few, and prints how long its thread was at work between two turns of the event loop
// at most, in microseconds of the processor's time: a busy machine holds everything up, and this counts only our own work.
import { fromFile } from '@net/core'
import { readKey } from '@net/ssh'

const [first = '', slow = '', passphrase = ''] = process.argv.slice(2)
// What a first key loads and compiles, and its first thread, has nothing to do with the rounds.
await readKey(fromFile(first), { passphrase })
const over: boolean[] = []
const reading = readKey(fromFile(slow), { passphrase }).finally(() => over.push(true))
let [turns, longest, before] = [0, 0, process.threadCpuUsage()]
while (over.length === 0) {
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
  const { user, system } = process.threadCpuUsage(before)
  before = process.threadCpuUsage()
  longest = Math.max(longest, user + system)
  turns++
}
const { type } = (await reading).publicKey
console.log(JSON.stringify({ type, turns, longest }))
