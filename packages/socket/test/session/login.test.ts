import type { CredentialRequest, NetError } from '@net/core'
import { CredentialSource, netError, operation } from '@net/core/authoring'
import { askWhileOpen, logInWith } from '@net/socket/authoring'
import { expect, test } from 'vitest'

const spec = { protocol: 'test', operation: 'connect', kind: 'session' } as const
const never = new Promise<undefined>(() => {})
const refusal = (): Error => netError('NET_AUTH_REJECTED', { message: 'no' })

/** Logs in at a server that takes one password; gives what it was told. */
async function logIn(
  ask: string | ((request: CredentialRequest) => string),
  { right = 'right', alive = true, refuse = refusal } = {},
): Promise<{ readonly told: readonly string[]; readonly error: unknown }> {
  const told: string[] = []
  const password = new CredentialSource(ask, { what: 'password' })
  const error = await operation(spec, undefined, (op) =>
    logInWith(op, { password, alive: () => alive, closed: never }, async (answer) => {
      told.push(answer.reveal())
      if (answer.reveal() !== right) throw refuse()
    }),
  ).catch((thrown: unknown) => thrown)
  return { told, error }
}

test('asks once, and once more after a refusal', async () => {
  expect(await logIn(() => 'right')).toEqual({ told: ['right'], error: undefined })
  expect(await logIn(({ rejected }) => (rejected === true ? 'right' : 'wrong'))).toEqual({
    told: ['wrong', 'right'],
    error: undefined,
  })
  expect(await logIn(() => 'wrong')).toMatchObject({
    told: ['wrong', 'wrong'],
    error: { code: 'NET_AUTH_REJECTED', phase: 'auth' },
  })
})

test('a fixed password is sent once', async () => {
  expect((await logIn('wrong')).told).toEqual(['wrong'])
})

test('asks for nothing where the server has gone, or refused something else', async () => {
  expect((await logIn(() => 'wrong', { alive: false })).told).toEqual(['wrong'])
  const refuse = (): Error => netError('NET_AUTH_NO_METHOD', { message: 'no' })
  expect(await logIn(() => 'wrong', { refuse })).toMatchObject({
    told: ['wrong'],
    error: { code: 'NET_AUTH_NO_METHOD' },
  })
})

test('asks no longer than the connection is there', async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<NetError | undefined>()
  const asked = Promise.withResolvers<AbortSignal>()
  const ask = ({ signal }: CredentialRequest): Promise<string> => {
    asked.resolve(signal)
    return new Promise(() => {})
  }
  const password = new CredentialSource(ask, { what: 'password' })
  const login = operation(spec, undefined, (op) =>
    op.attempt(() =>
      logInWith(op, { password, alive: () => true, closed }, () => Promise.resolve()),
    ),
  )
  const { aborted } = await asked.promise
  close(netError('NET_CONN_CLOSED', { message: 'the server closed the connection' }))
  await expect(login).rejects.toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'safe' })
  expect([aborted, (await asked.promise).aborted]).toEqual([false, true])
})

test('who has answered is not told later that the connection has ended', async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<NetError | undefined>()
  let given: AbortSignal | undefined
  const answer = await operation(spec, undefined, (op) =>
    askWhileOpen(op, closed, async (signal) => {
      given = signal
      return 'right'
    }),
  )
  close(undefined)
  await closed
  expect([answer, given?.aborted]).toEqual(['right', false])
})
