/* What work costs sshd and the shells that it starts, whichever client asks for it: no client is faster than that lets it be. */

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

import type { Contender } from './pairs.ts'
import type { BenchSshd } from './ssh-sshd.ts'

/** Prints it, and how often a client that cost nothing could do it on all processors; nothing where the system does not tell. */
export async function printServerPart(server: BenchSshd, contender: Contender): Promise<void> {
  const before = cpuOf(server.pid)
  const done = await contender.run()
  const after = cpuOf(server.pid)
  if (before === undefined || after === undefined) return
  const each = (after - before) / done
  const most = (availableParallelism() * 1000) / each
  console.log(
    `  sshd and its shells: ${each.toFixed(2)} ms of CPU each, so that no client on this machine does more than ${Math.round(most)} a second`,
  )
}

/** The CPU time of the process and of all that it started, in milliseconds. */
function cpuOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Behind the name, which may hold anything: user, system, and both of the children that have ended.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    const theirs = children === '' ? [] : children.split(' ').map((each) => cpuOf(Number(each)))
    return theirs.reduce<number>((sum, each) => sum + (each ?? 0), ticks * TICK)
  } catch {
    return undefined
  }
}

/** What Linux counts in, in milliseconds. */
const TICK = 10
