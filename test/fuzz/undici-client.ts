/* undici's client over a stream in memory: how it reads an answer. */

import { Duplex } from 'node:stream'

import { Client } from 'undici'

import type { Read } from './http1-classes.ts'

/** How undici reads an answer to GET that the end of the connection follows. Interim answers are not told. */
export function readByUndici(bytes: Buffer): Promise<Read> {
  const read: Read = { heads: [], body: '', ended: 0 }
  const client = new Client('http://test.invalid', {
    connect: (_options, callback) =>
      queueMicrotask(() =>
        callback(null, answering(bytes) as Parameters<typeof callback>[1] & Duplex),
      ),
  })
  return new Promise((resolve) => {
    const settle = (result: Read): void => {
      client.destroy(() => resolve(result))
    }
    client.dispatch(
      { method: 'GET', path: '/' },
      {
        onRequestStart() {},
        onResponseStart(controller, status) {
          const raw = (controller.rawHeaders ?? []) as Buffer[]
          if (status >= 200)
            read.heads.push([status, ...raw.map((part) => part.toString('latin1'))])
        },
        onResponseData: (_controller, chunk) => void (read.body += chunk.toString('latin1')),
        onResponseEnd: () => settle({ ...read, ended: 1 }),
        onResponseError: (_controller, error) => settle({ ...read, error: error.name }),
      },
    )
  })
}

/** A connection that answers the first bytes, and ends. */
function answering(bytes: Buffer): Duplex {
  let hasAnswered = false
  return new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      if (!hasAnswered) {
        hasAnswered = true
        // Not within the write: undici takes such an answer for one that nobody asked for.
        setImmediate(() => {
          this.push(bytes)
          this.push(null)
        })
      }
      done()
    },
  })
}
