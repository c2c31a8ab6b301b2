/* A connection as a pair of Web streams. They hold no bytes of their own. */

import { ReadableStream, WritableStream, type ReadableByteStreamController } from 'node:stream/web'

import type { Connection, WebStreams } from './connection.ts'
import { DONE, handled } from './handled.ts'

/** The streams over the connection's reads and writes. */
export function webStreams(connection: Connection): WebStreams {
  return { readable: readableOf(connection), writable: writableOf(connection) }
}

function readableOf(connection: Connection): ReadableStream<Uint8Array> {
  const left = new AbortController()
  const { signal } = left
  let pulling = DONE
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      pulling = handled(pull(connection, controller, signal))
      return pulling
    },
    /** A read that waits would take what the next reader of the connection is to get, and one that has just ended gives it back. */
    async cancel() {
      left.abort()
      await pulling.catch(() => {})
    },
  })
}

async function pull(
  connection: Connection,
  controller: ReadableByteStreamController,
  signal: AbortSignal,
): Promise<void> {
  const { byobRequest } = controller
  const view = byobRequest?.view
  if (byobRequest == null || view == null) {
    const chunk = await connection.read({ signal })
    if (signal.aborted) giveBack(connection, chunk)
    else if (chunk === null) controller.close()
    // The stream takes the whole buffer away, which may have bytes of later reads.
    else controller.enqueue(new Uint8Array(chunk))
    return
  }
  const memory = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  const size = await connection.readInto(memory, { signal })
  if (signal.aborted) {
    giveBack(connection, memory.subarray(0, size))
    return
  }
  if (size === 0) controller.close()
  byobRequest.respond(size)
}

function giveBack(connection: Connection, chunk: Uint8Array | null): void {
  if (chunk !== null && chunk.length > 0) connection.unread(chunk)
}

function writableOf(connection: Connection): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) => connection.write(chunk),
    close: () => connection.end(),
    abort: (reason) => connection.abort(reason),
  })
}
