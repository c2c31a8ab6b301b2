import { afterEach, expect, test, vi } from 'vitest'

import { PassThrough } from 'node:stream'

import { UsageError } from '../../src/commands/command.ts'
import { askedPassword, askOn } from '../../src/commands/password.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('the variable is used without asking', async () => {
  vi.stubEnv('NET_PASSWORD', 'from-the-environment')
  expect(typeof askedPassword).toBe('function')
  if (typeof askedPassword !== 'function') return
  expect(await askedPassword({ what: 'password', signal: new AbortController().signal })).toBe(
    'from-the-environment',
  )
})

/** A terminal, as far as a prompt can tell. */
function terminal(): { input: PassThrough & { isTTY: boolean }; shown(): string } & Parameters<
  typeof askOn
>[0] {
  let shown = ''
  const messages = { write: (text: string) => (shown += text) }
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  return { input, messages, shown: () => shown }
}

const asking = (): { user: string; signal: AbortSignal } => ({
  user: 'ada',
  signal: new AbortController().signal,
})

test('the prompt names the user and shows nothing of the answer', async () => {
  const { input, messages, shown } = terminal()
  const answer = askOn({ input, messages }, asking())
  input.write('love')
  input.write('lace\r')
  expect(await answer).toBe('lovelace')
  expect(shown()).toBe('password of ada: \n')
})

test('after a refused password it asks again and says why', async () => {
  vi.stubEnv('NET_PASSWORD', 'from-the-environment')
  const { input, messages, shown } = terminal()
  const answer = askOn({ input, messages }, { ...asking(), rejected: true })
  input.write('other\r')
  expect(await answer).toBe('other')
  expect(shown()).toContain('refused. password of ada')
})

test('without a terminal it fails at once and names the variable to set', async () => {
  const { messages, shown } = terminal()
  const failure: unknown = await askOn({ input: new PassThrough(), messages }, asking()).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(UsageError)
  expect(failure).toMatchObject({
    message: 'the password of ada is needed, and there is no terminal to ask on: set NET_PASSWORD',
    exitCode: 2,
  })
  expect(shown()).toBe('')
})

test('input that ends, and Ctrl-C, end the prompt', async () => {
  const ending = terminal()
  const unanswered = askOn(ending, asking())
  ending.input.end()
  await expect(unanswered).rejects.toMatchObject({ exitCode: 2 })
  const interrupted = terminal()
  const stopped = askOn(interrupted, asking())
  interrupted.input.write('\u0003')
  await expect(stopped).rejects.toMatchObject({ exitCode: 130 })
})
