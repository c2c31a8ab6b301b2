/* A connection as a pair of Web streams. They hold no bytes of their own. */

import { ReadableStream, WritableStream } from 'node:stream/web'

import type { Connection, WebStreams } from './connection.ts'

/** The streams over the connection's reads and writes. */
export function webStreams(connection: Connection): WebStreams {
  return { readable: readableOf(connection), writable: writableOf(connection) }
}

function readableOf(connection: Connection): ReadableStream<Uint8Array> {
  const left = new AbortController()
  const { signal } = left
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const { byobRequest } = controller
      const view = byobRequest?.view
      if (byobRequest == null || view == null) {
        const chunk = await connection.read({ signal })
        if (chunk === null) controller.close()
        // The stream takes the whole buffer away, which may have bytes of later reads.
        else controller.enqueue(new Uint8Array(chunk))
        return
      }
      const size = await connection.readInto(
        new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
        { signal },
      )
      if (size === 0) controller.close()
      byobRequest.respond(size)
    },
    // A read that waits would take what the next reader of the connection is to get.
    cancel: () => left.abort(),
  })
}

function writableOf(connection: Connection): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) => connection.write(chunk),
    close: () => connection.end(),
    abort: (reason) => connection.abort(reason),
  })
}
