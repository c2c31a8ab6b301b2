/* A data connection that lets through so many bytes a second, as a server with a throttle does. */

import { pause, sizeOf } from '@net/core/authoring'
import type { Transport } from '@net/socket'

/** The transport, each piece of which is followed by the pause that the rate asks for. */
export function paced(inner: Transport, rate: number): Transport {
  if (rate === Infinity) return inner
  const rest = (bytes: number): Promise<void> => pause((bytes / rate) * 1000)
  return {
    info: inner.info,
    ...(inner.duplex === undefined ? {} : { duplex: inner.duplex }),
    ...(inner.closed === undefined ? {} : { closed: inner.closed }),
    async read() {
      const chunk = await inner.read()
      if (chunk !== null) await rest(chunk.length)
      return chunk
    },
    async write(chunks) {
      await inner.write(chunks)
      await rest(sizeOf(chunks))
    },
    end: () => inner.end(),
    close: () => inner.close(),
    abort: (reason) => inner.abort(reason),
  }
}
