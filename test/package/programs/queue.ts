// Runs a job of a queue in memory.
import { openQueue } from '@net/queue'

async function main(signal?: AbortSignal): Promise<void> {
  const queue = openQueue<{ to: string }>('mail')
  queue.process(async ({ payload }, { mark }) => {
    await mark('sent')
    return payload.to.length
  })
  const { id } = await queue.add({ to: 'ada@example.com' }, { signal, attempts: 5 })
  const { state, result } = await queue.ended(id)
  await queue.close()
  console.log(state === 'done' ? state : result)
}

void main()
