/*
 * basic-ftp behind our own words: its context pairs commands with replies, its parsers read listings of LIST. It is
 * given whole replies and never a real socket, so that splitting, limits, TLS and closing stay with us.
 */

import { Socket } from 'node:net'

import type { FTPContext, FTPResponse } from 'basic-ftp'

import type { FtpReply } from '../reply.ts'

/** What pairs commands with replies. One exchange is open at a time. */
export interface FtpEngine {
  /**
   * Sends the command, or only listens; `isLast` is called with every reply until it returns true, which resolves.
   * Rejects with what `fail` was given.
   */
  exchange(command: string | undefined, isLast: (reply: FtpReply) => boolean): Promise<void>
  /** A whole reply has arrived. */
  feed(reply: string): void
  /** The connection is lost; nothing is written any more. */
  fail(error: Error): void
}

/** What a line of a LIST says. */
export interface ListedFile {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'other'
  readonly size: number
  readonly mode?: number
  readonly target?: string
  readonly user?: string
  readonly group?: string
}

/** Loads the engine; `write` is called with each line to send. */
export async function createEngine(write: (line: string) => void): Promise<FtpEngine> {
  const { FTPContext } = await import('basic-ftp')
  const socket = new LineSocket(write)
  const context = new FTPContext()
  context.socket = socket
  return {
    exchange: (command, isLast) => exchange(context, command, isLast),
    feed: (reply) => void socket.emit('data', reply),
    fail(error) {
      // The context says QUIT when it closes; there is nobody left to hear it.
      socket.silent = true
      context.closeWithError(error)
    },
  }
}

/** Reads lines as Unix and Windows servers write them; the format is that of the last line. Lines that say nothing are left out. */
export async function parseListLines(lines: readonly string[]): Promise<readonly ListedFile[]> {
  const { parseList, FileType } = await import('basic-ftp')
  const types = new Map<number, ListedFile['type']>([
    [FileType.File, 'file'],
    [FileType.Directory, 'folder'],
    [FileType.SymbolicLink, 'link'],
  ])
  return parseList(lines.join('\n')).map(
    ({ name, type, size, permissions, link, user, group }) => ({
      name,
      type: types.get(type) ?? 'other',
      size,
      ...(permissions === undefined
        ? {}
        : { mode: permissions.user * 64 + permissions.group * 8 + permissions.world }),
      ...(link === undefined ? {} : { target: link }),
      ...(user === undefined ? {} : { user }),
      ...(group === undefined ? {} : { group }),
    }),
  )
}

async function exchange(
  context: FTPContext,
  command: string | undefined,
  isLast: (reply: FtpReply) => boolean,
): Promise<void> {
  await context.handle(command, (response, task) => {
    const reply = replyOf(response)
    if (reply === undefined) task.reject(response as Error)
    else if (isLast(reply)) task.resolve(undefined)
  })
}

/** The engine gives a refusal as an error with a number for a code, and the loss of the connection as any other error. */
function replyOf(response: Error | FTPResponse): FtpReply | undefined {
  const { code, message } = response as FTPResponse
  return typeof code === 'number' ? { status: code, text: message } : undefined
}

/** What the engine takes for its socket: lines go out by `write`, replies come in as 'data', and nothing else happens. */
class LineSocket extends Socket {
  silent = false
  readonly #send: (line: string) => void

  constructor(send: (line: string) => void) {
    super()
    this.#send = send
  }

  override write(line: string | Uint8Array): boolean {
    if (!this.silent) this.#send(String(line))
    return true
  }

  override destroy(): this {
    return this
  }
}
