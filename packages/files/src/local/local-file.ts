/* The bytes of a local file: read, written and copied through a path that leads to the file itself, never a link. */

import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { chmod, constants, copyFile, lstat, open, unlink } from 'node:fs/promises'

import type { RemoteReadOptions, Source } from '@net/core'
import { openSourceAtOnce, type Operation } from '@net/core/authoring'

import type { PartFile } from '../part-file.ts'
import { pour } from '../pour.ts'
import { badName } from '../tree-path.ts'
import type { FilePlace, WritePlan } from './file-place.ts'
import { nowRead } from './files-being-read.ts'
import { withHandle } from './handle-path.ts'
import { CAREFUL, checkFile, PERMISSIONS, WriteTarget } from './write-target.ts'

/** Which bytes are read. */
export interface FileRange extends RemoteReadOptions {
  /** Whether the memory of a chunk is used again once the next one is asked for. Default false. */
  readonly lends?: boolean | undefined
}

/** The bytes from `start` up to `end`; what is put behind the file meanwhile is not of it. */
export async function* readFile(
  { at, path }: FilePlace,
  { start = 0, end = Infinity, lends = false }: FileRange,
): AsyncGenerator<Uint8Array, void> {
  const file = await open(at, constants.O_RDONLY | CAREFUL)
  try {
    const found = await checkFile(file, path)
    using _ = nowRead(found)
    // Files of /proc tell no size.
    const last = found.size === 0 ? end : Math.min(end, found.size)
    let memory: Buffer | undefined
    for (let position = start; position < last;) {
      const length = Math.min(CHUNK, last - position)
      if (!lends || memory === undefined) memory = Buffer.allocUnsafeSlow(length)
      const { bytesRead } = await file.read(memory, 0, Math.min(length, memory.length), position)
      if (bytesRead === 0) return
      position += bytesRead
      yield memory.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Writes the source into the file, from `start` on. */
export async function writeFile(
  op: Operation,
  place: FilePlace,
  source: Source,
  plan: WritePlan,
): Promise<void> {
  // First: what is there must not go for a source that cannot be read.
  await using input = await openSourceAtOnce(source)
  await using target = await WriteTarget.open(place, plan, source)
  let position = plan.start
  await pour(op, input, async (chunk) => {
    await target.write(chunk, position)
    position += chunk.length
  })
  await target.end(position)
}

/** Copies the file into the place of whatever file is there. Of a large one an abort ends it in the middle. */
export async function copyOver(
  op: Operation,
  from: FilePlace,
  to: FilePlace,
  file?: PartFile,
): Promise<void> {
  const found = await lstat(from.at)
  if (!found.isFile()) throw badName(from.path, 'it is not a regular file')
  const there = lstatSync(to.at, { throwIfNoEntry: false })
  // It has what it is to get; to write it anew would begin with its loss.
  if (there?.ino === found.ino && there.dev === found.dev) return
  if (found.size > MOST_AT_ONCE) {
    // As the system's own copy it has the mode of the source; until it is whole its owner can write to it, as a later run goes on with it.
    const mode = found.mode & PERMISSIONS
    const plan = { start: 0, keepRest: false, mode: mode | OWNER_WRITES, file }
    await writeFile(op, to, () => readFile(from, { lends: true }), plan)
    if ((mode & OWNER_WRITES) === 0) await changeMode(to, mode)
    return
  }
  // The system's own copy follows a link: also one that another program puts there meanwhile.
  await withHandle(from.at, constants.O_RDONLY | CAREFUL, (source) => systemCopy(source, to))
  file?.check(await lstat(to.at), to.path)
}

async function systemCopy(source: string | Buffer, to: FilePlace): Promise<void> {
  const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
  try {
    await copyFile(source, to.at, flags)
  } catch (error) {
    if (Reflect.get(error as Error, 'code') !== 'EEXIST') throw error
    // Without the flag a link that is there would be followed.
    if ((await lstat(to.at)).isDirectory()) throw badName(to.path, 'it is a folder')
    await unlink(to.at)
    await copyFile(source, to.at, flags)
  }
}

/** Sets the permissions of what is there. Through a handle: `chmod` follows a link, also one that is put there meanwhile. */
export async function changeMode(place: FilePlace, mode: number): Promise<void> {
  if ((await lstat(place.at)).isSymbolicLink()) throw badName(place.path, 'it is a link')
  await withHandle(place.at, NAMED, (found) => chmod(found, mode))
}

/** The hash of the file in hexadecimal digits. */
export async function hashFile(
  { signal }: Pick<Operation, 'signal'>,
  place: FilePlace,
  algorithm: string,
): Promise<string> {
  const hash = createHash(algorithm)
  for await (const chunk of readFile(place, { lends: true })) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}

/** Opens a name without leave to read it (O_PATH of Linux, which Node does not name), and follows no link. */
const NAMED: number = 0o10000000 | (constants.O_NOFOLLOW ?? 0)
const CHUNK = 262_144
const OWNER_WRITES = 0o200
/** Up to this size the system copies it in one go, which nothing can stop. */
const MOST_AT_ONCE = 67_108_864
