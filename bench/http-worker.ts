/*
 * A client of the HTTP bench in a process of its own: `http-worker.ts NAME ORIGIN REQUESTS AT-ONCE`. Each round it makes its
 * calls; one that fails ends it.
 */

import { serveRounds } from './apart.ts'
import { clients } from './http-clients.ts'

const [name = '', origin = '', requests = '', atOnce = ''] = process.argv.slice(2)
const make = clients[name]
if (make === undefined) throw new Error(`there is no client ${name}`)
const call = await make(origin, Number(atOnce))

serveRounds(async () => {
  let left = Number(requests)
  const worker = async (): Promise<void> => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: Number(atOnce) }, worker))
})
