/* The local files from which this process reads at the moment: to empty one would take away what is yet to be read. */

import type { Stats } from 'node:fs'

/** What the file system calls a file, whatever its name. */
type Identity = Pick<Stats, 'dev' | 'ino'>

/** The file is read until the result is disposed. */
export function nowRead(file: Identity): Disposable {
  const key = keyOf(file)
  readers.set(key, (readers.get(key) ?? 0) + 1)
  return {
    [Symbol.dispose]() {
      const left = (readers.get(key) ?? 1) - 1
      if (left === 0) readers.delete(key)
      else readers.set(key, left)
    },
  }
}

/** Whether it is read at the moment. */
export function isBeingRead(file: Identity): boolean {
  return readers.has(keyOf(file))
}

function keyOf({ dev, ino }: Identity): string {
  return `${dev} ${ino}`
}

const readers = new Map<string, number>()
