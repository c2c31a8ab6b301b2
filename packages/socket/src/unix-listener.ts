/*
 * Listening on a Unix socket: the permissions of its file, and what an earlier process has left behind. Node removes the
 * file when the listener closes.
 */

import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'

import { isNetError, type Endpoint } from '@net/core'
import { codeOf, type Taken } from '@net/core/authoring'

import type { BindOptions, TransportListener } from './dialer.ts'
import { listenOn, type ListenSpec } from './socket-listener.ts'
import { systemPath } from './system-path.ts'

/**
 * Listens. A socket file on which nobody listens any more, as a process leaves it that was killed, is replaced; one that is in
 * use, and a file of another kind, is `NET_BIND_IN_USE`.
 */
export async function listenAtPath(
  endpoint: Endpoint,
  options: Taken<BindOptions>,
): Promise<TransportListener> {
  const path = systemPath(endpoint)
  const { backlog, mode } = options
  const spec: ListenSpec = {
    protocol: 'unix',
    endpoint,
    at: { path, ...(backlog === undefined ? {} : { backlog }) },
    ...(mode === undefined || isAbstract(path) ? {} : { around: withMode(path, mode) }),
  }
  try {
    return await listenOn(spec, options)
  } catch (error) {
    const isTaken = isNetError(error) && error.code === 'NET_BIND_IN_USE'
    if (!isTaken || isAbstract(path) || !(await isStale(path))) throw error
    rmSync(path, { force: true })
    return listenOn(spec, options)
  }
}

/** The file is made within the call that begins to listen, so that nobody else ever gets to it. */
function withMode(path: string, mode: number): (listen: () => void) => void {
  return (listen) => {
    let umask: number
    try {
      umask = process.umask(0o777 & ~mode)
    } catch {
      // Threads have no umask of their own to set: for a moment the file has the permissions of the process's.
      listen()
      chmodSync(path, mode)
      return
    }
    try {
      listen()
    } finally {
      process.umask(umask)
    }
  }
}

/** Whether it is a socket on which nobody listens. */
function isStale(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect(path)
    const answered = (stale: boolean): void => {
      socket.destroy()
      resolve(stale)
    }
    socket.on('connect', () => answered(false))
    socket.on('error', (error) => answered(codeOf(error) === 'ECONNREFUSED'))
  })
}

function isAbstract(path: string): boolean {
  return path.startsWith('\0')
}
