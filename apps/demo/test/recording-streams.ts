/* Streams that keep what a command prints and tells. */

import type { CommandStreams } from '../src/commands/command.ts'

export function streams(): CommandStreams & { printed(): string; told(): string } {
  const out: Uint8Array[] = []
  let messages = ''
  return {
    out: { write: (text) => void out.push(Buffer.from(text)) },
    messages: { write: (text) => void (messages += String(text)) },
    printed: () => Buffer.concat(out).toString(),
    told: () => messages,
  }
}
