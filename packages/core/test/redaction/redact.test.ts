import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, test } from 'vitest'

import type { NetError } from '@net/core'
import { claimSecrets, holdSecret, netError, nextId, operation, redact } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'

const holder = {}

test('[CORE-15] a held value is struck out in every form in which it travels', () => {
  const value = 'pa ss/wörd+"1"'
  holdSecret(value, holder)
  const bytes = Buffer.from(value)
  for (const form of [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ p: value }).toString(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    JSON.stringify({ p: value }),
  ]) {
    expect(redact(`before ${form} after`)).toMatch(/^before .*\[secret\].* after$/)
    expect(redact(form)).not.toContain(form)
  }
})

test('a secret that begins with another one is struck out whole', () => {
  holdSecret('abcdefgh', holder)
  holdSecret('abcdefghijkl', holder)
  expect(redact('<abcdefghijkl> <abcdefgh>')).toBe('<[secret]> <[secret]>')
})

test('very short values are not looked for', () => {
  holdSecret('the', holder)
  expect(redact('the cat')).toBe('the cat')
})

test('a value is forgotten when the last of its holders is gone', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const keeper = {}
  holdSecret('forget-me-not', keeper)
  holdOnce('forget-me-not')
  holdOnce('remember-me-not')
  // Collection and finalizers are the engine's own business; ask until they have run.
  while (redact('remember-me-not') === '[secret]') {
    collect()
    await turn()
  }
  expect(redact('forget-me-not')).toBe('[secret]')
  expect(keeper).toBeDefined()
})

function holdOnce(value: string): void {
  holdSecret(value, {})
}

test('a secret of one client is struck out for that client only', () => {
  const [ada, bob] = [nextId(), nextId()]
  holdSecret('only-of-ada-1', holder, ada)
  expect(redact('<only-of-ada-1>', [ada])).toBe('<[secret]>')
  expect(redact('<only-of-ada-1>', [bob])).toBe('<only-of-ada-1>')
  expect(redact('<only-of-ada-1>', [bob, ada])).toBe('<[secret]>')
  expect(redact('<only-of-ada-1>', [])).toBe('<only-of-ada-1>')
  // Who does not know whose text it is strikes out everything.
  expect(redact('<only-of-ada-1>')).toBe('<[secret]>')
})

test('a secret belongs to all clients until one claims it, and to each that does', () => {
  const [ada, bob, eve] = [nextId(), nextId(), nextId()]
  const shared = {}
  holdSecret('shared-by-two-1', shared)
  expect(redact('shared-by-two-1', [eve])).toBe('[secret]')
  claimSecrets(shared, ada)
  claimSecrets(shared, bob)
  const shown = [ada, bob, eve].map((owner) => redact('shared-by-two-1', [owner]))
  expect(shown).toEqual(['[secret]', '[secret]', 'shared-by-two-1'])
})

test('a word is struck out only where it stands alone, any other value everywhere', () => {
  holdSecret('winter', holder)
  holdSecret('w1nter-9', holder)
  expect(redact('winter, "winter": winters midwinter xw1nter-9x')).toBe(
    '[secret], "[secret]": winters midwinter x[secret]x',
  )
})

test.each([33_000, 300_000])('a secret of %i characters is struck out as any other', (length) => {
  const value = `start-${'k/+ "'.repeat(length / 5)}`
  holdSecret(value, holder)
  const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64')]
  const struck = forms.map((form) => redact(`before ${form} after`))
  expect(struck.map((text) => text.slice(0, 100))).toEqual(forms.map(() => 'before [secret] after'))
})

test('so are those of thousands of clients', () => {
  const holders = Array.from({ length: 5000 }, () => ({}))
  for (const [nth, each] of holders.entries()) holdSecret(`token/${nth}/+`, each)
  const struck = holders.map((_, nth) => redact(`<${encodeURIComponent(`token/${nth}/+`)}>`))
  expect(new Set(struck)).toEqual(new Set(['<[secret]>']))
})

describe('secrets of others', () => {
  const secrets = (): { holder: object; mine: number; theirs: number } => {
    const [mine, theirs] = [nextId(), nextId()]
    const holder = {}
    holdSecret('example', holder, theirs)
    holdSecret('my-pass-1', holder, mine)
    return { holder, mine, theirs }
  }
  const where = { target: 'http://this.example.test/', endpoint: 'this.example.test:80' }
  const said = 'example.test says my-pass-1'

  test('a name that another client has for a password stays in errors and events', async () => {
    const { holder, mine, theirs } = secrets()
    using captured = captureEvents()
    const call = { protocol: 'test', operation: 'GET', kind: 'exchange', ...where } as const
    const run = (id: number): Promise<NetError> =>
      operation({ ...call, client: { id } }, {}, (op) => {
        op.wire('receive', () => said)
        return Promise.reject(
          netError('NET_REPLY_PERMANENT', {
            message: said,
            reply: { text: said },
          }),
        )
      }).catch((error: unknown) => error as NetError)
    const error = await run(mine)
    expect(error).toMatchObject({ ...where, reply: { text: 'example.test says [secret]' } })
    for (const text of [error.message, error.stack]) {
      expect(text).toContain('test GET http://this.example.test/: example.test says [secret]')
    }
    expect(captured.of('wire').map(({ text }) => text)).toContain('example.test says [secret]')
    expect(await run(theirs)).toMatchObject({ target: 'http://this.[secret].test/' })
    expect(holder).toBeDefined()
  })

  test('an operation within, which knows of no client, does not show those of its caller', async () => {
    const { holder, mine } = secrets()
    const inner = (parent: number): Promise<never> =>
      operation({ protocol: 'dial', operation: 'dial', kind: 'session', parent }, {}, () =>
        Promise.reject(netError('NET_CONN_RESET', { message: said })),
      )
    const outer = { protocol: 'test', operation: 'GET', kind: 'exchange' } as const
    const failed = operation({ ...outer, client: { id: mine } }, {}, (op) => inner(op.id))
    const error = await failed.catch((thrown: unknown) => thrown as NetError)
    expect(error.message).toContain('example.test says [secret]')
    expect(error.message).not.toContain('my-pass-1')
    expect(holder).toBeDefined()
  })

  test('an error without an operation shows no secret of any client, but plain words', () => {
    const { holder } = secrets()
    const error = netError('NET_CONN_RESET', { message: said, target: 'example' })
    expect(error.message).toBe('example: example.test says [secret]')
    expect(holder).toBeDefined()
  })
})
