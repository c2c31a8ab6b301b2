/* What most tests of SFTP begin with: a client of the embedded server's files. */

import type { SftpClient, SftpOptions, SshClient } from '@net/ssh'
import { startSftpServer, type SftpServer, type SftpServerOptions } from '@net/ssh/testing'

import { logInTo } from '../embedded.ts'

/** A client and its server, which end together. */
export interface OpenedSftp extends AsyncDisposable {
  readonly server: SftpServer
  readonly host: SshClient
  readonly sftp: SftpClient
  /** The requests since the last time it was asked. */
  requests(): readonly string[]
}

/** Starts a server and logs in. */
export async function openedSftp(
  options: SftpServerOptions = {},
  sftpOptions: SftpOptions = {},
): Promise<OpenedSftp> {
  const server = await startSftpServer(options)
  const host = await logInTo(server.ssh)
  const sftp = await host.sftp(sftpOptions)
  let seen = 0
  return {
    server,
    host,
    sftp,
    requests() {
      const since = server.requests.slice(seen)
      seen = server.requests.length
      return since
    },
    async [Symbol.asyncDispose]() {
      await host.close({ grace: 500 })
      await server.close()
    },
  }
}

/** The codes of what calls reject with; `done` for those that do not. */
export async function codesOf(calls: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const outcomes = await Promise.allSettled(calls)
  return outcomes.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as { code: unknown }).code : 'done',
  )
}

/** Bytes that differ from place to place, and come again after 64 KiB. */
export function patterned(size: number): Buffer {
  return Buffer.alloc(size, period)
}

const period = Uint8Array.from({ length: 65_536 }, (_, at) => (at * 7 + (at >>> 8)) & 0xff)
