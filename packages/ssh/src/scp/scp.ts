/* Files by scp, for servers that have it and no SFTP. */

import type { CallOptions, Sink, Source } from '@net/core'
import {
  checkSink,
  checkSource,
  inCall,
  netError,
  openSink,
  onStuck,
  openSourceAtOnce,
  option,
  optionsDoor,
  refused,
  stoppable,
  type Attempt,
  type Operation,
  type OptionsDoor,
} from '@net/core/authoring'
import type { Verb } from '@net/socket/authoring'

import { commandText } from '../command-line.ts'
import { CommandStart } from '../command-start.ts'
import type { SshSession } from '../engine/ssh2.ts'
import { nameOf } from '../sftp/entry.ts'
import type { TransferResult } from '../sftp/transfer-result.ts'
import { ScpTalk } from './scp-talk.ts'

/** Options of an upload by scp. */
export interface ScpUploadOptions extends CallOptions {
  /** The mode of the file; default 0o644, cut by the server's umask. */
  readonly mode?: number | undefined
}

/** Files by scp: for servers that have no SFTP. The path is what the server's shell makes of it, quoted. */
export interface Scp {
  /** Sends a source whose size is known, and replaces what is there, in place; a transfer, which is not repeated. */
  upload(source: Source, path: string, options?: ScpUploadOptions): Promise<TransferResult>
  /** Fetches a file into the sink; a transfer. */
  download(path: string, sink: Sink, options?: CallOptions): Promise<TransferResult>
}

/** One call on a connection. */
export type ScpCall = <T>(
  verb: Verb,
  options: CallOptions,
  run: (session: SshSession, op: Operation, attempt: Attempt) => Promise<T>,
) => Promise<T>

/** scp over the calls of a client. */
export function scpOver(call: ScpCall): Scp {
  return {
    async upload(source, path, options) {
      const taken = inCall({ protocol: 'ssh', call: 'scp', target: path }, () => {
        checkSource(source)
        checkPath(path)
        return uploadDoor(options)
      })
      const { mode = DEFAULT_MODE } = taken
      return call(verbOf(path), taken, (...road) => upload(road, { source, path, mode }))
    },
    async download(path, sink, options) {
      const taken = inCall({ protocol: 'ssh', call: 'scp', target: path }, () => {
        checkSink(sink)
        checkPath(path)
        return downloadDoor(options)
      })
      return call(verbOf(path), taken, (...road) => download(road, path, sink))
    },
  }
}

type Road = readonly [session: SshSession, op: Operation, attempt: Attempt]

interface Upload {
  readonly source: Source
  readonly path: string
  readonly mode: number
}

async function upload(road: Road, { source, path, mode }: Upload): Promise<TransferResult> {
  const [, op] = road
  await using opened = await openSourceAtOnce(source)
  const { size } = opened
  if (size === undefined) {
    throw netError('NET_BAD_OPTION', {
      message: 'scp must know the size before it begins: the source is to be a file, bytes or text',
    })
  }
  return await talked(road, ['scp', '-t', pathOf(path)], async (talk) => {
    await talk.agreed()
    const bits = mode.toString(8).padStart(4, '0')
    await talk.say(`C${bits} ${size} ${nameOf(path).replaceAll(/[\r\n]/g, '_')}\n`)
    await talk.agreed()
    let sent = 0
    const chunks = opened.chunks()[Symbol.asyncIterator]()
    for (;;) {
      const next = await stoppable(op, chunks.next())
      if (next.done === true) break
      sent += next.value.length
      if (sent > size) break
      await talk.send(next.value)
      op.progress(sent, size)
    }
    if (sent !== size) throw differs(size, sent)
    await talk.say()
    await talk.agreed()
    return { transferred: size, size, verified: true }
  })
}

async function download(road: Road, path: string, sink: Sink): Promise<TransferResult> {
  const [, op] = road
  await using opened = await openSink(sink)
  const forget = op.onAbort((reason) => void opened.abort(reason).catch(() => {}))
  let stuck: Disposable | undefined
  let isOver = false
  try {
    return await talked(road, ['scp', '-f', pathOf(path)], async (talk) => {
      talk.onFailure((error) => {
        if (!isOver) stuck = onStuck(opened, () => op.fail(error))
      })
      await talk.say()
      let file = await talk.announced()
      while (file === undefined) {
        await talk.say()
        file = await talk.announced()
      }
      const { size } = file
      await talk.say()
      for (let left = size; left > 0;) {
        const chunk = await talk.some(left)
        left -= chunk.length
        await opened.write(chunk)
        op.progress(size - left, size)
      }
      await talk.agreed()
      await talk.say()
      await opened.commit({ size })
      return { transferred: size, size, verified: true }
    })
  } finally {
    forget()
    isOver = true
    stuck?.[Symbol.dispose]()
  }
}

/** Runs scp on the server, and speaks with it. */
async function talked(
  [session, op, attempt]: Road,
  words: readonly string[],
  run: (talk: ScpTalk) => Promise<TransferResult>,
): Promise<TransferResult> {
  const talk = new ScpTalk(op)
  const plan = {
    run: { kind: 'exec', command: commandText(words) },
    variables: [],
    cwd: undefined,
    terminal: undefined,
  } as const
  const start = new CommandStart(session, plan, op, {
    arrived: (name, chunk) => talk.heard(name, chunk),
  })
  start.check()
  const command = await start.begin(attempt, false)
  talk.begin(command)
  try {
    const result = await op.phase('receive', () => run(talk))
    command.endInput()
    return result
  } catch (error) {
    command.close()
    throw error
  } finally {
    op.idle.stop()
  }
}

/** A path that begins with a hyphen is no option. */
function pathOf(path: string): string {
  return path.startsWith('-') ? `./${path}` : path
}

function verbOf(target: string): Verb {
  return { operation: 'scp', target, kind: 'transfer' }
}

function checkPath(path: unknown): void {
  if (typeof path !== 'string' || path === '') {
    throw refused("the path of a file, such as 'in/report.csv'", path, 'the path')
  }
  if (path.includes('\0')) throw netError('NET_INJECTION', { message: 'the path contains a NUL' })
}

function differs(expected: number, received: number): Error {
  return netError('NET_SIZE_MISMATCH', {
    message: `the source has ${received} bytes where ${expected} were announced`,
    received,
    expected,
  })
}

const uploadDoor: OptionsDoor<ScpUploadOptions> = optionsDoor<ScpUploadOptions>(
  { protocol: 'ssh', call: 'scp' },
  { ...option.perCall, mode: option.between(0, 0o7777) },
)
const downloadDoor: OptionsDoor<CallOptions> = optionsDoor<CallOptions>(
  { protocol: 'ssh', call: 'scp' },
  option.perCall,
)
const DEFAULT_MODE = 0o644
