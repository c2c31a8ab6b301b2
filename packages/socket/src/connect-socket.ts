/*
 * One socket to one address: connected, or failed and closed. Its callers limit and stop it.
 */

import { connect, type NetConnectOpts, type Socket } from 'node:net'

import { DirectReads } from './direct-reads.ts'

/** A connection in the making. */
export interface Connecting {
  /** Rejects with Node's own error; never settles if cancelled before. */
  readonly connected: Promise<Socket>
  /** Closes the socket, also one that has just connected; nothing is left behind, and no event follows. */
  readonly cancel: () => void
}

/** Begins to connect. */
export function connectSocket(options: NetConnectOpts): Connecting {
  let socket: Socket | undefined
  const connected = new Promise<Socket>((resolve, reject) => {
    // Inside the promise, because Node throws for bad addresses and options.
    const reads = new DirectReads()
    const made = connect({ ...options, allowHalfOpen: true, onread: reads.onread })
    reads.belongTo(made)
    socket = made
    const failed = (error: Error): void => {
      made.off('connect', succeeded)
      reject(error)
    }
    const succeeded = (): void => {
      made.off('error', failed)
      resolve(made)
    }
    made.once('error', failed)
    made.once('connect', succeeded)
  })
  return {
    connected,
    cancel() {
      if (socket === undefined || socket.destroyed) return
      socket.removeAllListeners()
      // A socket that is destroyed while its system call is under way may still tell of its failure.
      socket.on('error', () => {})
      socket.destroy()
    },
  }
}
