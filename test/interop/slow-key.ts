// Reads a key of many rounds, after one of few, and prints how long its thread was at work between two turns of the event loop
// at most, in microseconds of the processor's time, for each twentieth of the turns, and its share of all the work: a busy
// machine holds everything up, and this counts only our own work.
import { fromFile } from '@net/core'
import { readKey } from '@net/ssh'

const [first = '', slow = '', passphrase = ''] = process.argv.slice(2)
// What a first key loads and compiles, and its first thread, has nothing to do with the rounds.
await readKey(fromFile(first), { passphrase })
const over: boolean[] = []
const reading = readKey(fromFile(slow), { passphrase }).finally(() => over.push(true))
const begun = { thread: process.threadCpuUsage(), process: process.cpuUsage() }
const turns: number[] = []
let before = begun.thread
while (over.length === 0) {
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
  const now = process.threadCpuUsage()
  turns.push(now.user - before.user + now.system - before.system)
  before = now
}
const own = process.threadCpuUsage(begun.thread)
const all = process.cpuUsage(begun.process)
const share = (own.user + own.system) / (all.user + all.system)
const { type } = (await reading).publicKey
const part = Math.ceil(turns.length / 20)
const held = Array.from({ length: 20 }, (_, at) =>
  Math.max(0, ...turns.slice(at * part, (at + 1) * part)),
)
console.log(JSON.stringify({ type, turns: turns.length, held, share }))
