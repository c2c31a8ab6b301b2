/*
 * What the dashboard costs the program that it watches: the CPU time of a program that makes 2,000 HTTP calls a second,
 * without it, with it, and with a page open; all three at the same time, each in a process of its own, as what a call costs
 * changes from one second to the next by more than the dashboard adds. And how soon a page shows 100,000 recorded
 * operations. `NET_BENCH=cost,open` chooses parts.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { startNginx } from './http-nginx.ts'
import { median } from './pairs.ts'

/** Calls a second. */
const RATE = 2000
const ROUNDS = Number(process.env['NET_BENCH_ROUNDS'] ?? 5)
const MODES = ['without', 'with', 'page'] as const
const parts = new Set((process.env['NET_BENCH'] ?? 'cost,open').split(','))
const worker = fileURLToPath(new URL('dashboard-worker.ts', import.meta.url))

if (parts.has('cost')) await cost()
if (parts.has('open')) await open()

/** Of a core, in percent; differences are those of one round. */
async function cost(): Promise<void> {
  using nginx = await startNginx(0)
  const rounds: Record<(typeof MODES)[number], number>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const shares = await Promise.all(MODES.map((mode) => shareOf(mode, nginx.origin)))
    const [without = 0, attached = 0, page = 0] = shares
    rounds.push({ without, with: attached, page })
  }
  console.log('\na program of 2,000 HTTP calls a second, CPU in percent of a core')
  const alone = rounds.map(({ without }) => without)
  console.log(`  by itself${' '.repeat(28)}${shown(alone)}`)
  for (const mode of ['with', 'page'] as const) {
    const more = rounds.map((round) => round[mode] - round.without)
    const name = mode === 'with' ? 'the dashboard adds' : 'with a page open it adds'
    console.log(`  ${name.padEnd(36)} ${shown(more)}`)
  }
}

function shown(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`
}

/** The CPU time of one run, in percent of its length. */
async function shareOf(mode: string, origin: string): Promise<number> {
  const child = start(mode, origin)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const leave = new AbortController()
  const { value: url } = await lines.next()
  const reading = mode === 'page' ? readAsPage(new URL(url), leave.signal) : undefined
  await reading?.isOpen
  // From here on it warms up, with its page.
  child.stdin.write('go\n')
  const { value: figures } = await lines.next()
  leave.abort()
  child.stdin.end()
  await Promise.all([once(child, 'exit'), reading?.ended])
  const { cpu, elapsed, calls } = JSON.parse(figures) as Record<string, number>
  if (Math.abs(calls / elapsed - RATE) > RATE / 20)
    throw new Error(`${mode}: ${calls} calls in ${elapsed} s`)
  return (cpu / elapsed) * 100
}

/** Does with the stream and the operations what a page does with them. */
function readAsPage(
  url: URL,
  signal: AbortSignal,
): { readonly isOpen: Promise<unknown>; readonly ended: Promise<void> } {
  const opened = Promise.withResolvers<void>()
  const headers = { authorization: `Bearer ${url.hash.slice(1)}` }
  const read = async (): Promise<void> => {
    await (await fetch(new URL('/api/operations?limit=500', url), { headers })).text()
    const stream = await fetch(new URL('/api/stream', url), { headers, signal })
    try {
      for await (const _ of stream.body ?? []) opened.resolve()
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  return { isOpen: opened.promise, ended: read() }
}

/** From the address to the first row that can be seen, and to all of them. */
async function open(): Promise<void> {
  const { chromium } = await import('playwright-core')
  const child = start('open', '')
  const { value: url } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  const first: number[] = []
  const all: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const page = await (await browser.newContext()).newPage()
    const started = performance.now()
    await page.goto(url)
    await page.locator('.row').first().waitFor()
    first.push(performance.now() - started)
    await page.getByText('100,000').first().waitFor()
    all.push(performance.now() - started)
    await page.context().close()
  }
  await browser.close()
  child.stdin.end()
  await once(child, 'exit')
  console.log('\na page of 100,000 recorded operations, in ms')
  console.log(`  to the first rows                     ${shown(first)}`)
  console.log(`  to all of them                        ${shown(all)}`)
}

function start(mode: string, origin: string) {
  return spawn(process.execPath, [...process.execArgv, worker, mode, origin, String(RATE)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}
