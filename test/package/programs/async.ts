// Runs tasks, one of them in a thread.
import { inThread, map } from '@net/async'

async function main(timeout?: number, signal?: AbortSignal): Promise<void> {
  const module = new URL('data:text/javascript,export const twice = (n) => 2 * n')
  const [four] = await map([2], (n) => inThread<number>(module, 'twice', n), {
    concurrency: 2,
    timeout,
    signal,
  })
  console.log(four === 4 ? 'done' : four)
}

void main()
