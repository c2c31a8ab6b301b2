/*
 * What calls cost besides time, each in a process of its own: the garbage of 10,000 calls and what importing takes, beside
 * undici; and the memory of 10,000 calls at once through a pool of 100.
 */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { startNginx } from './http-nginx.ts'
import { median } from './pairs.ts'

const ROUNDS = 7
const worker = fileURLToPath(new URL('http-cost-worker.ts', import.meta.url))

using nginx = await startNginx(0)
const garbage = await pairs('garbage')
console.log(
  `\ngarbage of a call                             ${kilobytes(garbage.net)} : ${kilobytes(garbage.undici)} KB`,
  `ratio ${(garbage.net / garbage.undici).toFixed(2)}`,
)
for (const [what, unit] of [
  ['import', 'ms CPU'],
  ['import-time', 'ms'],
] as const) {
  const { net, undici } = await pairs(what)
  console.log(
    `importing                                     ${milliseconds(net)} : ${milliseconds(undici)} ${unit}`,
    `ratio ${(net / undici).toFixed(2)}`,
  )
}
console.log(`10,000 calls through 100 connections           ${run('crowd', 'net')}`)

/** Medians of alternating rounds. */
async function pairs(what: string): Promise<{ readonly net: number; readonly undici: number }> {
  const all = { net: [] as number[], undici: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    all.net.push(Number(run(what, 'net')))
    all.undici.push(Number(run(what, 'undici')))
  }
  return { net: median(all.net), undici: median(all.undici) }
}

function run(what: string, who: string): string {
  // A young generation that holds all of it: what is there afterwards is what was made.
  const young = what === 'garbage' ? ['--max-semi-space-size=512', '--min-semi-space-size=512'] : []
  const flags = [...process.execArgv, '--expose-gc', ...young]
  const args = [...flags, worker, what, who, nginx.origin]
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${what} of ${who} failed`)
  return stdout.trim()
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}

function milliseconds(micros: number): string {
  return (micros / 1000).toFixed(0)
}
