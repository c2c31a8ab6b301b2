// One round of a soak: all protocols at once with servers of their own, until the time is up and all of it is gone.
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

import { taskGroup } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { tcpDialer } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

import { files } from './ftp.ts'
import { web } from './http.ts'
import { described, type Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import { roughRoad, type Damage } from './rough-road.ts'
import { mail } from './smtp.ts'
import { shell } from './ssh.ts'
import { tcp } from './tcp.ts'
import type { Worker, Worksite } from './workload.ts'

/** What a round writes into. */
export interface Books {
  readonly ledger: Ledger
  readonly damage: Damage
}

/** Works so many milliseconds; afterwards nothing of it is left in the process, or that is noted. */
export async function runRound(duration: number, random: Random, books: Books): Promise<void> {
  try {
    await checkNoLeaks(() => work(duration, random, books), { within: 2000 })
  } catch (error) {
    books.ledger.leaks.push(described(error))
  }
}

async function work(duration: number, random: Random, books: Books): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const certificates = createCertificates()
  const wrong = (what: string): void => books.ledger.wrong.push(what)
  const end = performance.now() + duration
  const sites: Worksite[] = []
  await taskGroup(async (group) => {
    for (const { name, workers, open } of [tcp, web, files, mail, shell]) {
      const site = stack.use(await open({ random: random.fork(), certificates, wrong }))
      sites.push(site)
      for (let number = 1; number <= workers; number++) {
        const worker = newWorker(random.fork(), books)
        group.spawn(`${name} ${number}`, async () => {
          while (performance.now() < end) {
            await site.work(worker)
            // A client that cannot even begin must not keep the others from their turns.
            await turn()
          }
        })
      }
    }
  })
  if (!(await isQuiet(sites))) {
    const open = sites.map(({ connections }) => connections)
    books.ledger.leaks.push(`connections open after the last client has closed: ${open.join(' ')}`)
  }
  for (const site of sites) site.audit?.()
}

function newWorker(random: Random, { ledger, damage }: Books): Worker {
  const dialer = tcpDialer()
  return {
    random,
    road: (sealed) => roughRoad(dialer, { random: random.fork(), damage, sealed }),
    attempt: (what, call) => ledger.attempt(what, random, call),
  }
}

/** Whether the servers have seen all their clients leave, which takes turns of the event loop. */
async function isQuiet(sites: readonly Worksite[]): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if (sites.every(({ connections }) => connections === 0)) return true
    await wait(20)
  }
  return false
}
