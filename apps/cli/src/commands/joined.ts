/* Standard input and output joined to a connection. */

import { clock } from '@net/core/authoring'
import type { Connection } from '@net/socket'

import type { Call } from '../call.ts'
import { ShownText } from '../output/shown-text.ts'

/**
 * What is read goes to the peer, what it says is printed. A peer that has ended may listen still: the rest of a standard input that
 * is no terminal goes to it, until that is silent. Rejects if the peer did not take what was read.
 */
export async function joined(call: Call, connection: Connection): Promise<void> {
  const { io, output, signal } = call
  const sending = new Sending(call, connection)
  const shown = output.isTerminal && !output.raw ? new ShownText() : undefined
  for (;;) {
    const chunk = await connection.read({ signal })
    if (chunk === null) break
    await output.bytes(shown?.add(chunk) ?? chunk)
  }
  if (shown !== undefined) await output.bytes(shown.end())
  if (io.stdin.isTTY !== true) await sending.silent()
  // The peer has gone, and a terminal would go on waiting for keys.
  io.stdin.destroy()
  await sending.done
  if (sending.failure !== undefined) throw sending.failure.error
}

/** Standard input on its way to the peer. */
class Sending {
  /** Settles when nothing is sent any more. Never rejects. */
  readonly done: Promise<void>
  /** Why the peer did not take what was read. */
  failure: { readonly error: unknown } | undefined
  #isOver = false
  #isWriting = false
  #pieces = 0

  constructor({ io, signal }: Call, connection: Connection) {
    this.done = this.#run(io.stdin as AsyncIterable<Uint8Array>, connection, signal).finally(() => {
      this.#isOver = true
    })
  }

  /** Resolves when nothing has come from standard input for a moment. */
  async silent(): Promise<void> {
    for (let seen = -1; !this.#isOver && (this.#isWriting || seen !== this.#pieces);) {
      seen = this.#pieces
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = clock().after(MOMENT, resolve)
      await Promise.race([this.done, promise])
      timer.clear()
    }
  }

  async #run(
    stdin: AsyncIterable<Uint8Array>,
    connection: Connection,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for await (const chunk of stdin) {
        this.#pieces++
        this.#isWriting = true
        try {
          await connection.write(chunk, { signal })
        } catch (error) {
          this.failure = { error }
          return
        }
        this.#isWriting = false
      }
      await connection.end({ signal })
    } catch {
      // The connection has ended, or the run: reading tells how.
    }
  }
}

/** In milliseconds. */
const MOMENT = 500
