import { once } from 'node:events'
import type { Socket } from 'node:net'

import { expect, test } from 'vitest'

import { agentKeys, agentSignature, agentStream } from '../../src/identity/agent.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { isSignedBy } from '../../src/identity/signatures.ts'
import { SigningRefused } from '../../src/identity/signer.ts'
import { failureOf } from '../embedded.ts'
import { honest, startFakeAgent } from './fake-agent.ts'
import { everyKey } from './key-samples.ts'

test('lists its keys and signs with them', async () => {
  const keys = everyKey().map((node) => {
    const { blob, type, key } = privateKeyOf(node)
    return { blob, comment: type, sign: honest(key, type) }
  })
  await using agent = await startFakeAgent(keys)
  const listed = await agentKeys(agent.socket)
  expect(listed.map(({ comment }) => comment)).toEqual(keys.map(({ comment }) => comment))
  const data = Buffer.from('a')
  for (const { blob, comment } of listed) {
    const algorithm = comment === 'ssh-rsa' ? 'rsa-sha2-512' : comment
    const signature = await agentSignature(agent.socket, { blob, data, algorithm })
    expect(isSignedBy(blob, signature, data)).toBe(true)
  }
})

test('a refusal is one key less, and an agent that does not answer is an error that names it', async () => {
  const request = { blob: Buffer.from('k'), data: Buffer.from('d'), algorithm: 'ssh-ed25519' }
  await using locked = await startFakeAgent([])
  await expect(agentSignature(locked.socket, request)).rejects.toBeInstanceOf(SigningRefused)
  expect(await agentKeys(locked.socket)).toEqual([])
  expect(await failureOf(agentKeys('/nowhere/agent'))).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
    message: expect.stringContaining('the agent at /nowhere/agent does not answer'),
  })
  await using closing = await startFakeAgent([], (socket) => void socket.end())
  expect((await failureOf(agentKeys(closing.socket))).message).toContain('closed the connection')
  await using huge = await startFakeAgent([], (socket) => void socket.write(Buffer.alloc(8, 0xff)))
  expect((await failureOf(agentKeys(huge.socket))).message).toContain(
    'an answer of 4294967295 bytes',
  )
})

test('an agent that hangs is left when the call is aborted', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  await using silent = await startFakeAgent([], () => stop.abort(reason))
  await expect(agentKeys(silent.socket, stop.signal)).rejects.toBe(reason)
})

test('a stream to an agent carries what somebody else asks, and ends with the agent', async () => {
  await using agent = await startFakeAgent([], (socket) => void socket.end('answered'))
  const stream = await agentStream(agent.socket)
  stream.write('a question')
  const chunks: unknown[] = []
  for await (const chunk of stream) chunks.push(String(chunk))
  expect(chunks.join('')).toBe('answered')
  await expect(agentStream('/nowhere/agent')).rejects.toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
  })
})

test('an agent is left when somebody breaks a stream to it off', async () => {
  const heard = Promise.withResolvers<Socket>()
  await using agent = await startFakeAgent([], heard.resolve)
  const stream = await agentStream(agent.socket)
  stream.on('error', () => {}).write('a question')
  const socket = await heard.promise
  const closed = once(socket, 'close')
  stream.destroy(new Error('the connection was lost'))
  await expect(closed).resolves.toBeDefined()
})
