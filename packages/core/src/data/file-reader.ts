/*
 * Reads a local file as chunks, and notices when it is not the file that was promised: its size is told to peers
 * before its first byte is sent.
 */

import { open, stat, type FileHandle } from 'node:fs/promises'

import { netError, type NetError } from '../errors/net-error.ts'
import type { FileSource } from './file.ts'
import { localError } from './local-error.ts'

/** How many bytes of the file are meant. Rejects with `NET_LOCAL_IO`, also for a folder and for a range beyond the end. */
export async function sizeOfFile(source: FileSource): Promise<number> {
  const { path, start, end } = source
  const found = await stat(path).catch((error: unknown) => {
    throw localError(error, 'reading', path)
  })
  if (!found.isFile()) {
    throw netError('NET_LOCAL_IO', { message: `${path} is not a regular file` })
  }
  const last = end ?? found.size
  if (last > found.size || start > found.size) throw changed(path, found.size, end ?? start)
  return last - start
}

/** The bytes of the file, of which there must be `size`, in chunks of 64 KiB. The file is closed on every path. */
export async function* chunksOfFile(
  source: FileSource,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  const { path, start, end } = source
  const file = await open(path, 'r').catch((error: unknown) => {
    throw localError(error, 'opening', path)
  })
  try {
    let received = 0
    while (received < size) {
      const chunk = await readChunk(file, path, start + received, size - received)
      if (chunk.length === 0) throw changed(path, received, size)
      received += chunk.length
      yield chunk
    }
    const now = end ?? (await file.stat()).size
    if (now - start !== size) throw changed(path, now - start, size)
  } finally {
    await file.close()
  }
}

async function readChunk(
  file: FileHandle,
  path: string,
  position: number,
  left: number,
): Promise<Uint8Array> {
  // A buffer of its own for every chunk: whoever takes one may keep it.
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, left))
  try {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw localError(error, 'reading', path)
  }
}

function changed(path: string, received: number, expected: number): NetError {
  return netError('NET_LOCAL_IO', {
    message: `${path} has ${received} bytes where ${expected} were expected; it was changed while it was read`,
    received,
    expected,
  })
}

const CHUNK = 65_536
