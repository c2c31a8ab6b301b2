// Adds jobs to a file on a disk that gets full, and says what became of them. Argument: the folder on that disk.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNetError } from '@net/core'
import { openQueue } from '@net/queue'

const folder = process.argv[2] ?? ''
const filler = join(folder, 'filler')
writeFileSync(filler, 'x'.repeat(300_000))
await using queue = openQueue<string>('full', { url: `file:${join(folder, 'jobs.db')}` })
let added = 0
let error: unknown
while (error === undefined) {
  try {
    await queue.add('p'.repeat(10_000))
    added++
  } catch (thrown) {
    error = thrown
  }
}
rmSync(filler)
const { waiting } = await queue.counts()
const over = Promise.withResolvers<void>()
let ran = 0
queue.process(() => {
  if (++ran === added) over.resolve()
})
await over.promise
console.log(
  JSON.stringify({ code: isNetError(error) && error.code, added, waiting, done: ran === added }),
)
