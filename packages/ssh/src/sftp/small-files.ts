/*
 * Small files of a tree as a whole: OPEN, and with its answer everything else in one go, where the server does one thing after
 * the other.
 */

import type { CallOptions, RemoteEntry } from '@net/core'
import { stoppable, type Operation } from '@net/core/authoring'

import type { SftpAttributes } from './attributes.ts'
import { doors } from './call-doors.ts'
import type { Calls } from './calls.ts'
import { entryOf } from './entry.ts'
import { openFile } from './open-file.ts'
import { OPEN_FLAG, PACKET, STATUS } from './packets.ts'
import { timesOf } from './path-verbs.ts'
import type { Reply } from './replies.ts'
import { attributesRequest, handleRequest, readRequest, writeRequest } from './requests.ts'
import { statusError } from './sftp-error.ts'
import type { SftpSession } from './sftp-session.ts'

/** What was read, and what the file is behind the last byte. */
export interface SmallFile {
  readonly bytes: Uint8Array
  readonly entry: RemoteEntry
}

/** How a small file is written. */
export interface SmallWrite extends CallOptions {
  readonly mode: number | undefined
  readonly modified: number | undefined
}

/** The small files of one tree. */
export class SmallFiles {
  /** In bytes; what is larger costs more than its trips. */
  readonly most = 131_072
  /** How many tiny files are moved at a time: requests that leave in one packet cost both sides little more than one request. */
  readonly callsOfTiny: number | undefined
  readonly #calls: Calls
  readonly #at: (operation: string, path: string) => string

  /** `at` gives the path on the server of a path in the tree. */
  constructor(calls: Calls, at: (operation: string, path: string) => string) {
    this.#calls = calls
    this.#at = at
    this.callsOfTiny = calls.session.keepsOrder ? 64 : undefined
  }

  /** Undefined where the server has to be asked one thing after the other, or does not answer as most do. */
  read(path: string, size: number, options: CallOptions): Promise<SmallFile | undefined> {
    return this.#run('read', path, options, async (session, op, at) => {
      const { read: block } = await stoppable(op, session.limits())
      const found = size > block ? undefined : await readWhole(session, op, at, size)
      return found && { bytes: found.bytes, entry: entryOf(path, found.attributes) }
    })
  }

  /** The same for a file that is written. */
  write(
    path: string,
    bytes: Uint8Array,
    { mode, modified, ...options }: SmallWrite,
  ): Promise<RemoteEntry | undefined> {
    return this.#run('write', path, options, async (session, op, at) => {
      const { write: block } = await stoppable(op, session.limits())
      if (bytes.length > block) return undefined
      const found = await writeWhole(session, op, { path: at, bytes, mode, modified })
      return found && entryOf(path, found)
    })
  }

  async #run<T>(
    operation: 'read' | 'write',
    path: string,
    options: CallOptions,
    run: (session: SftpSession, op: Operation, at: string) => Promise<T>,
  ): Promise<T | undefined> {
    if (!this.#calls.session.keepsOrder) return undefined
    const at = this.#at(operation, path)
    const call = { operation, paths: [at], kind: 'transfer' } as const
    const taken = this.#calls.take(call, () => doors.plain(operation)(options))
    return this.#calls.run(call, taken, (session, op) => run(session, op, at))
  }
}

interface FoundFile {
  readonly bytes: Buffer
  readonly attributes: SftpAttributes
}

async function readWhole(
  session: SftpSession,
  op: Operation,
  path: string,
  size: number,
): Promise<FoundFile | undefined> {
  const opening = { path, flags: OPEN_FLAG.READ, isPatient: true }
  const opened = await op.phase('command', () => openFile(session, op, opening))
  const { pipeline } = session
  // All of this leaves as one. Of a file without a size one byte shows whether it has some all the same.
  const replies = Promise.all([
    pipeline.ask(readRequest(opened.id, 0, Math.max(1, size))),
    pipeline.ask(handleRequest(PACKET.FSTAT, opened.id)),
  ])
  void opened.release()
  const [data, looked] = await op.phase('receive', () => answered(op, replies))
  if (looked.type !== 'attributes') return undefined
  const bytes = bytesOf(data)
  if (bytes?.length !== size) return undefined
  op.progress(size, size)
  return { bytes, attributes: looked.attributes }
}

interface WholeFile extends SmallWrite {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What the file is behind the last byte; undefined where the server does not tell, or does not take its time or mode. */
async function writeWhole(
  session: SftpSession,
  op: Operation,
  { path, bytes, mode, modified }: WholeFile,
): Promise<SftpAttributes | undefined> {
  const dress = {
    ...(mode === undefined ? {} : { permissions: mode }),
    ...(modified === undefined ? {} : timesOf(modified, undefined)),
  }
  const flags = OPEN_FLAG.WRITE | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC
  const opening = { path, flags, mode, isPatient: true }
  const opened = await op.phase('command', () => openFile(session, op, opening))
  const { pipeline } = session
  const { id } = opened
  const hasDress = Object.keys(dress).length > 0
  // All of this leaves as one.
  const replies = Promise.all([
    bytes.length > 0 ? pipeline.ask(writeRequest(id, 0, bytes)) : DONE,
    hasDress ? pipeline.ask(attributesRequest(PACKET.FSETSTAT, id, dress)) : DONE,
    pipeline.ask(handleRequest(PACKET.FSTAT, id)),
    opened.commit(op, { what: `finish ${path}` }),
  ])
  const [wrote, dressed, looked] = await op.phase('send', () => answered(op, replies))
  if (wrote.type !== 'status') throw session.unexpected(wrote, { what: `write ${path}` })
  if (wrote.code !== STATUS.OK) throw statusError(wrote, { what: `write ${path}`, onHandle: true })
  if (dressed.type !== 'status' || dressed.code !== STATUS.OK) return undefined
  op.progress(bytes.length, bytes.length)
  return looked.type === 'attributes' ? looked.attributes : undefined
}

async function answered<T>(op: Operation, replies: Promise<T>): Promise<T> {
  op.idle.start()
  try {
    return await stoppable(op, replies)
  } finally {
    op.idle.stop()
  }
}

/** All bytes of the answer, none at the end of the file; undefined for another answer. */
function bytesOf(reply: Reply): Buffer | undefined {
  if (reply.type === 'data') return Buffer.concat(reply.pieces)
  return reply.type === 'status' && reply.code === STATUS.EOF ? Buffer.alloc(0) : undefined
}

const OK: Reply = { type: 'status', code: STATUS.OK, text: '' }
const DONE: Promise<Reply> = Promise.resolve(OK)
