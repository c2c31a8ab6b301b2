/*
 * A client of the HTTP bench in a process of its own: `http-worker.ts NAME ORIGIN REQUESTS AT-ONCE`. With each message it makes
 * its calls, and says how much CPU time they took.
 */

import { clients } from './http-clients.ts'

const [name = '', origin = '', requests = '', atOnce = ''] = process.argv.slice(2)
const make = clients[name]
if (make === undefined) throw new Error(`there is no client ${name}`)
const call = await make(origin, Number(atOnce))

process.on('message', () => void round())
process.once('disconnect', () => process.exit(0))
process.send?.('ready')

async function round(): Promise<void> {
  const before = process.cpuUsage()
  let left = Number(requests)
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: Number(atOnce) }, worker))
  const { user, system } = process.cpuUsage(before)
  process.send?.(user + system)
}
