/* Workers of `queue-scale.ts`: `URL COUNT CONCURRENCY`, each with a connection of its own, in one process. */

import { openQueue } from '@net/queue'

const [url = '', count = '1', concurrency = '1'] = process.argv.slice(2)
const queues = Array.from({ length: Number(count) }, () => openQueue('scale', { url }))
for (const queue of queues) queue.process(() => {}, { concurrency: Number(concurrency) })
for (const queue of queues) await queue.counts()
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
