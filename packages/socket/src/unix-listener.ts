/*
 * Listening on a Unix socket: the permissions of its file, and what an earlier process has left behind. Node removes the
 * file when the listener closes.
 */

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
  for (;;) {
    try {
      return await listenOn(spec, options)
    } catch (error) {
      const isTaken = isNetError(error) && error.code === 'NET_BIND_IN_USE'
      if (!isTaken || isAbstract(path) || !(await removeStale(path))) throw error
    }
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
      nodeFs().chmodSync(path, mode)
      return
    }
    try {
      listen()
    } finally {
      process.umask(umask)
    }
  }
}

/**
 * Removes a socket file on which nobody listens; resolves to whether the name is free. Another process may do the same at the same
 * moment, and listen there already: so the file is taken aside, and removed only if it is the one that was looked at.
 */
async function removeStale(path: string): Promise<boolean> {
  const found = nodeFs().lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return true
  if (!found.isSocket() || !(await isSilent(path))) return false
  const aside = `${path}.${crypto.randomUUID().slice(0, 8)}`
  try {
    nodeFs().renameSync(path, aside)
  } catch (error) {
    return codeOf(error as Error) === 'ENOENT'
  }
  const { dev, ino, mtimeMs } = nodeFs().lstatSync(aside)
  // The number of a file that is gone may be that of the next one.
  const isStale = dev === found.dev && ino === found.ino && mtimeMs === found.mtimeMs
  if (!isStale) giveBack(aside, path)
  nodeFs().rmSync(aside, { force: true })
  return isStale
}

/** Whether nobody listens on the socket. */
function isSilent(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answered = (silent: boolean): void => {
      socket.destroy()
      resolve(silent)
    }
    socket.on('connect', () => answered(false))
    socket.on('error', (error) => answered(SILENT.has(codeOf(error))))
  })
}

/** Unlike a rename, a link replaces nothing: a third one may listen under the name by now. */
function giveBack(aside: string, path: string): void {
  try {
    nodeFs().linkSync(aside, path)
  } catch (error) {
    if (codeOf(error as Error) !== 'EEXIST') nodeFs().renameSync(aside, path)
  }
}

/** Loaded when it is needed: that takes 3 ms, and few programs listen at a path. */
function nodeFs(): typeof import('node:fs') {
  return process.getBuiltinModule('node:fs')
}

function isAbstract(path: string): boolean {
  return path.startsWith('\0')
}

/** What says that nobody listens; another process may have removed the file meanwhile. */
const SILENT: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOENT'])
