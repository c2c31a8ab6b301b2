// A worker as a process of its own: notes each job that it does in a file, and may be killed at any moment. Arguments: the URL of
// the queue, the file, how many jobs at a time, the lease.
import { appendFileSync } from 'node:fs'
import { openQueue } from '@net/queue'

const [url = '', notes = '', concurrency = '1', lease = '2000'] = process.argv.slice(2)
const queue = openQueue('kills', { url })
queue.process(({ id }) => appendFileSync(notes, `${id}\n`), {
  concurrency: Number(concurrency),
  lease: Number(lease),
})
