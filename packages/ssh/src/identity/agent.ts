/*
 * An agent that keeps private keys and signs with them, over its Unix socket or, on Windows, its pipe: one connection for
 * each request, so that none is left behind. Knows nothing of logins.
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { duplexPair, type Duplex } from 'node:stream'

import { isError, netError } from '@net/core/authoring'

import {
  listRequest,
  readKeys,
  readAgentSignature,
  signRequest,
  type AgentKey,
} from './agent-protocol.ts'
import { SigningRefused } from './signer.ts'
import { fields } from './wire.ts'

/** The keys of the agent at this socket. Rejects with `NET_CREDENTIAL_INVALID` where no agent answers, and with the signal's reason. */
export async function agentKeys(path: string, signal?: AbortSignal): Promise<readonly AgentKey[]> {
  const answer = await asked(path, listRequest, signal)
  return (await readable(path, () => readKeys(answer))) ?? []
}

/** A signature of the agent at this socket. Rejects with SigningRefused, and as `agentKeys`. */
export async function agentSignature(
  path: string,
  {
    blob,
    data,
    algorithm,
  }: { readonly blob: Uint8Array; readonly data: Uint8Array; readonly algorithm: string },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const answer = await asked(path, signRequest(blob, data, algorithm), signal)
  const signature = await readable(path, () => readAgentSignature(answer))
  if (signature === undefined) {
    throw new SigningRefused('the agent refused to sign: it may be locked, or somebody said no')
  }
  return signature
}

/** A stream to the agent at this socket, for somebody else to talk over; it ends when the agent goes. */
export async function agentStream(path: string): Promise<Duplex> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw silent(path, error)
  }
  const [near, far] = duplexPair()
  near.on('error', () => {})
  socket.on('error', () => {}).on('close', () => near.end())
  near.pipe(socket)
  socket.on('data', (chunk) => near.write(chunk))
  // Somebody who breaks off says no end to the agent.
  far.on('close', () => {
    if (!far.writableFinished) socket.destroy()
  })
  return far
}

/** Sends one request and gives the answer to it. */
async function asked(
  path: string,
  request: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  signal?.throwIfAborted()
  const socket = connect(path)
  const stop = (): void => void socket.destroy(signal?.reason as Error)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await once(socket, 'connect')
    socket.write(fields(request))
    return await answerOf(socket)
  } catch (error) {
    signal?.throwIfAborted()
    throw silent(path, error)
  } finally {
    signal?.removeEventListener('abort', stop)
    socket.on('error', () => {}).destroy()
  }
}

async function answerOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  let all: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    all = Buffer.concat([all, chunk])
    if (all.length < 4) continue
    const length = all.readUInt32BE(0)
    if (length === 0 || length > LONGEST) throw new Error(`an answer of ${length} bytes`)
    if (all.length >= 4 + length) return all.subarray(4, 4 + length)
  }
  throw new Error('it closed the connection')
}

async function readable<T>(path: string, read: () => T): Promise<T> {
  try {
    return read()
  } catch (error) {
    throw silent(path, error)
  }
}

function silent(path: string, cause: unknown): Error {
  const why = isError(cause) ? cause.message : String(cause)
  return netError('NET_CREDENTIAL_INVALID', {
    message: `the agent at ${path} does not answer: ${why}`,
    cause,
  })
}

// As OpenSSH has it.
const LONGEST = 256 * 1024
