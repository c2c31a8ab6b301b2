import { setImmediate as turn } from 'node:timers/promises'

import { toFile } from '@net/core'
import { netError } from '@net/core/authoring'
import { createResponse, PendingResponse, type Intent } from '@net/http'
import { expect, test } from 'vitest'

import { rejectTraced } from '../src/pending-response.ts'

function pending(answer = createResponse({ text: 'a\nb' })): {
  promise: PendingResponse
  intents: Intent[]
} {
  const intents: Intent[] = []
  const promise = new PendingResponse(async (intent) => {
    intents.push({ ...intent })
    return answer
  })
  return { promise, intents }
}

test('the call starts in the next microtask, and the methods that were called by then count', async () => {
  const { promise, intents } = pending(createResponse({ json: { a: 1 } }))
  const value = promise.json()
  expect(intents).toEqual([])
  await Promise.resolve()
  expect(intents).toEqual([{ kind: 'exchange', json: true, events: false, raw: false }])
  expect(await value).toEqual({ a: 1 })
})

test('it is a promise of the answer', async () => {
  const { promise, intents } = pending()
  expect(promise).toBeInstanceOf(Promise)
  expect((await promise).status).toBe(200)
  expect(intents).toEqual([{ kind: 'transfer', json: false, events: false, raw: false }])
  expect(promise.finally(() => {})).not.toBeInstanceOf(PendingResponse)
})

test('text, bytes, lines and saving', async () => {
  expect(await pending().promise.text()).toBe('a\nb')
  expect(await pending().promise.bytes()).toHaveLength(3)
  expect(await Array.fromAsync(pending().promise.lines())).toEqual(['a', 'b'])
  const saved: Uint8Array[] = []
  expect(await pending().promise.saveTo((chunk) => void saved.push(chunk))).toBe(3)
  expect(Buffer.concat(saved).toString()).toBe('a\nb')
})

test('lines that are left before the answer has come give it up when it comes', async () => {
  const { promise } = pending()
  const lines = promise.lines()[Symbol.asyncIterator]()
  const waiting = lines.next()
  await lines.return?.()
  expect((await waiting).value).toBeOneOf([undefined, 'a'])
  expect((await lines.next()).done).toBe(true)
  expect(await (await promise).body.closed).toBeUndefined()
})

test('a start that throws is a call that failed', async () => {
  const failing = new PendingResponse(() => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
})

test('a shortcut that fails is one rejection, not two', async () => {
  const failing = new PendingResponse(() => Promise.reject(new Error('no')))
  await expect(failing.json()).rejects.toThrow('no')
  const lines = new PendingResponse(() => Promise.reject(new Error('no'))).lines()
  await turn()
  await expect(Array.fromAsync(lines)).rejects.toThrow('no')
})

test('a short answer is read at once, null and a wrong one included', async () => {
  const json = (text: string): Promise<unknown> => pending(createResponse({ text })).promise.json()
  expect(await json('null')).toBeNull()
  await expect(json('{')).rejects.toMatchObject({ code: 'NET_PROTO_DECODE', protocol: 'http' })
  const { promise } = pending()
  expect(await promise.text()).toBe('a\nb')
  await expect(promise.bytes()).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
})

test('a call that settles by itself has the line of who waits for it', async () => {
  const failing = new PendingResponse((_intent, settle) => {
    rejectTraced(settle, netError('NET_CLOSED', { message: 'no' }))
  })
  const error = (await failing.json().catch((thrown: unknown) => thrown)) as Error
  expect(error.stack).toContain('pending-response.test.ts')
  expect(error.stack).not.toContain('packages/http/src')
})

test.each<[string, (promise: PendingResponse) => Promise<unknown>]>([
  ['a sink that cannot be opened', (promise) => promise.saveTo(toFile('/no/such/folder/file'))],
  ['a charset that nobody knows', (promise) => Array.fromAsync(promise.lines())],
])('an answer that nobody can read any more gives its body up: %s', async (_, read) => {
  const answer = createResponse({
    headers: { 'content-type': 'text/plain; charset=unheard-of' },
    text: 'a',
  })
  await expect(read(pending(answer).promise)).rejects.toThrow(
    expect.objectContaining({ code: expect.stringMatching('NET_LOCAL_IO|NET_PROTO_DECODE') }),
  )
  await expect(answer.text('utf-8')).rejects.toThrow(
    expect.objectContaining({ code: 'NET_BODY_CONSUMED' }),
  )
})
