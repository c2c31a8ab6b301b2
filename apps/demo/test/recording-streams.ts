/* Streams that record the output and the messages of a command. */

import { Writable } from 'node:stream'

import type { CommandStreams } from '../src/commands/command.ts'

export function streams(): CommandStreams & {
  printed(): string
  printedBytes(): Uint8Array
  messageText(): string
} {
  const out: Uint8Array[] = []
  let messages = ''
  return {
    out: new Writable({
      write(chunk: Uint8Array, _encoding, done) {
        out.push(chunk)
        done()
      },
    }),
    messages: { write: (text) => void (messages += Buffer.from(text).toString()) },
    printed: () => Buffer.concat(out).toString(),
    printedBytes: () => Buffer.concat(out),
    messageText: () => messages,
  }
}
