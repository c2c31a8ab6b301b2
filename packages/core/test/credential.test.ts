import { isSecret, secret, type Credential, type CredentialRequest } from '@net/core'
import { claimSecrets, CredentialSource, isCallerFault, nextId, redact } from '@net/core/authoring'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

const subject = { what: 'password', endpoint: 'a:1', user: 'me' } as const

test('a string or a secret is given as a secret', async () => {
  const value = canary('fixed')
  const source = new CredentialSource(value, subject)
  const answer = await source.get()
  expect(answer.reveal()).toBe(value)
  expectNoCanary(source)
  const held = secret('held')
  expect(await new CredentialSource(held, subject).get()).toBe(held)
})

test('what is there without asking is known at once', async () => {
  const value = canary('known')
  expect(new CredentialSource(value, subject).known?.reveal()).toBe(value)
  const asked = new CredentialSource(() => value, subject)
  expect(asked.known).toBeUndefined()
  const answer = await asked.get()
  expect(asked.known).toBe(answer)
  asked.rejected(answer)
  expect(asked.known).toBeUndefined()
})

test('a callback is asked once, by one asker at a time, for what and for whom', async () => {
  const asked: CredentialRequest[] = []
  const answer = Promise.withResolvers<string>()
  const source = new CredentialSource((ask) => {
    asked.push(ask)
    return answer.promise
  }, subject)
  const both = [source.get(), source.get()]
  answer.resolve('pass')
  const [first, second] = await Promise.all(both)
  expect(first).toBe(second)
  expect(isSecret(first)).toBe(true)
  expect(await source.get()).toBe(first)
  expect(asked).toEqual([{ ...subject, signal: expect.any(AbortSignal) }])
})

test('a refused answer is asked for again, once, with rejected set', async () => {
  const rejections: unknown[] = []
  const source = new CredentialSource(({ rejected }) => {
    rejections.push(rejected)
    return `answer ${rejections.length}`
  }, subject)
  const first = await source.get()
  expect(source.rejected(first)).toBe(true)
  const second = await source.get()
  expect(second.reveal()).toBe('answer 2')
  expect(source.rejected(first)).toBe(true)
  expect(source.rejected(second)).toBe(false)
  expect(await source.get()).toBe(second)
  expect(rejections).toEqual([undefined, true])
})

test('an answer that was accepted may be asked for anew when it is refused later', async () => {
  let count = 0
  const source = new CredentialSource(() => `token ${++count}`, { what: 'token' })
  source.rejected(await source.get())
  const second = await source.get()
  source.accepted(second)
  expect(source.rejected(second)).toBe(true)
  expect((await source.get()).reveal()).toBe('token 3')
})

test('a fixed credential stays what it is when it is refused', async () => {
  const source = new CredentialSource('fixed', subject)
  expect(source.rejected(await source.get())).toBe(false)
})

test('what the callback throws passes as it is, and the next call asks anew', async () => {
  const fault = new Error('no terminal')
  let asked = 0
  const source = new CredentialSource(() => {
    asked += 1
    if (asked === 1) throw fault
    return 'pass'
  }, subject)
  await expect(source.get()).rejects.toBe(fault)
  expect(isCallerFault(fault)).toBe(true)
  expect((await source.get()).reveal()).toBe('pass')
})

test('an aborted call leaves alone; when all have left the callback is aborted', async () => {
  const signals: AbortSignal[] = []
  const source = new CredentialSource(({ signal }) => {
    signals.push(signal)
    return new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('late')))
    })
  }, subject)
  const [one, two] = [new AbortController(), new AbortController()]
  const first = source.get({ signal: one.signal })
  const second = source.get({ signal: two.signal })
  one.abort()
  await expect(first).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(signals[0]?.aborted).toBe(false)
  two.abort()
  await expect(second).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(signals[0]?.aborted).toBe(true)
  await expect(source.get({ signal: one.signal })).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(signals).toHaveLength(1)
})

test('refuses a value that is not a credential', async () => {
  expect(() => new CredentialSource(1 as unknown as Credential, subject)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
  const wrong = new CredentialSource(() => undefined as unknown as string, subject)
  await expect(wrong.get()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('a client that uses a secret goes on hiding it, however many others are given the same one', async () => {
  const shared = secret('correct horse battery')
  const [mine, other] = [nextId(), nextId()]
  const source = new CredentialSource(shared, { what: 'password' }, mine)
  for (let times = 0; times < 10_001; times++) {
    claimSecrets(shared, nextId())
    if (times === 5000) await source.get()
  }
  expect(redact('it echoes correct horse battery', [mine])).toBe('it echoes [secret]')
  expect(redact('it echoes correct horse battery', [other])).toContain('horse')
})
