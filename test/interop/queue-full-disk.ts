// Adds jobs to a file until its disk is full, makes room, and says what became of them. Argument: the folder on that disk, of 1 MB.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNetError } from '@net/core'
import { openQueue } from '@net/queue'

const folder = process.argv[2] ?? ''
const filler = join(folder, 'filler')
writeFileSync(filler, 'x'.repeat(500_000))
await using queue = openQueue<string>('full', { url: `file:${join(folder, 'jobs.db')}` })
const ids: string[] = []
let error: unknown
while (error === undefined) {
  const id = `job ${ids.length}`
  try {
    await queue.add('p'.repeat(10_000), { id })
    ids.push(id)
  } catch (thrown) {
    error = thrown
  }
}
rmSync(filler)
const { waiting } = await queue.counts()
let starts = 0
queue.process(() => void starts++)
const states = new Set<string>()
for (const id of ids) states.add((await queue.ended(id)).state)
const code = isNetError(error) && error.code
console.log(JSON.stringify({ code, added: ids.length, waiting, starts, states: [...states] }))
