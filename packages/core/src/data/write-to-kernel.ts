/* Waiting for the kernel. */

import type { Writable } from 'node:stream'

/** Writes the chunk; resolves once the kernel has it, and all before it, or the stream has failed: it tells that itself. */
export function written(stream: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('close', done)
      resolve()
    }
    // A stream that is destroyed need not call back what it was given.
    stream.on('close', done)
    stream.write(chunk, done)
  })
}
