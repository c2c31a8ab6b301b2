import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { CallOptions } from '@net/core'
import { operation, type Operation } from '@net/core/authoring'
import { secure, secureServer, tcpDialer, type Transport } from '@net/socket'
import { createCertificates, memoryPair } from '@net/socket/testing'

/** Runs as a transfer does. */
export function transfer<T>(run: (op: Operation) => Promise<T>, options?: CallOptions): Promise<T> {
  return operation({ protocol: 'test', operation: 'move', kind: 'transfer' }, options, run)
}

/** Both ends of a road. */
export interface Road extends AsyncDisposable {
  readonly ours: Transport
  readonly theirs: Transport
}

export const roads: readonly (readonly [name: string, open: () => Promise<Road>])[] = [
  ['TCP', tcp],
  ['TLS', () => tls(tcp)],
  ['memory', memory],
  ['TLS in memory', () => tls(memory)],
  ['a transport that can only be read', readable],
]

export async function tcp(): Promise<Road> {
  const dialer = tcpDialer()
  const at = { scheme: 'tcp', host: '127.0.0.1', port: 0 }
  const listener = await dialer.listen?.(at, {})
  if (listener === undefined) throw new Error('TCP listens')
  const [theirs, ours] = await Promise.all([listener.accept(), dialer.dial(listener.address, {})])
  if (theirs === null) throw new Error('nobody came')
  return road(ours, theirs, () => listener.close())
}

async function memory(): Promise<Road> {
  return road(...memoryPair())
}

async function readable(): Promise<Road> {
  const { ours, theirs } = await tcp()
  const bare: Transport = {
    info: ours.info,
    read: () => ours.read(),
    write: (chunks) => ours.write(chunks),
    end: () => ours.end(),
    close: () => ours.close(),
    abort: (reason) => ours.abort(reason),
  }
  return road(bare, theirs)
}

async function tls(below: () => Promise<Road>): Promise<Road> {
  const { ours, theirs } = await below()
  const certificates = createCertificates()
  const [client, server] = await Promise.all([
    secure(ours, { ca: certificates.ca, servername: 'localhost' }),
    secureServer(theirs, certificates.issue()),
  ])
  return road(client, server)
}

function road(ours: Transport, theirs: Transport, end?: () => Promise<void>): Road {
  return {
    ours,
    theirs,
    async [Symbol.asyncDispose]() {
      ours.abort()
      theirs.abort()
      await end?.()
    },
  }
}

/** Bytes of which no two blocks are the same. */
export function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at)
  return bytes
}

/** A folder that is removed at the end. */
export function folder(): Disposable & { at(name: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'net-bulk-'))
  return {
    at: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}
