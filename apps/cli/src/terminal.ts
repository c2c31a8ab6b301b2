/* The terminal of this process, opened anew for a question: standard input may be a file. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

import type { Terminal } from './io.ts'

/** Opens it; undefined where the process has none. */
export function openTerminal(path = '/dev/tty'): Terminal | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r+')
  } catch (error) {
    // Without a terminal, and on systems that have no such file.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
  let input: ReadStream | undefined
  return {
    get input() {
      return (input ??= new ReadStream(descriptor))
    },
    write: (text) => void writeSync(descriptor, text),
    setRaw(raw) {
      input ??= new ReadStream(descriptor)
      input.setRawMode(raw)
    },
    close() {
      if (input === undefined) closeSync(descriptor)
      else input.destroy()
    },
  }
}
