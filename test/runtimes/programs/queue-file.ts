// A queue in a file
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openQueue } from '@net/queue'

async function main(): Promise<void> {
  const file = join(tmpdir(), `net-runtime-${process.pid}.db`)
  const queue = openQueue<{ to: string }>('mail', { url: `file:${file}` })
  queue.process(async () => 'sent')
  const { id } = await queue.add({ to: 'ada@example.com' })
  const { state } = await queue.ended(id)
  await queue.close()
  console.log(state)
}

void main()
