/*
 * What every client of a protocol must do, for authors of protocol packages: a plain function on node:assert that needs
 * no test runner. It knows a client by an adapter, and no protocol.
 */

import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { isAbort, isNetError, type NetError } from '@net/core'
import { isError } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'

import { tcpDialer } from '../tcp-dialer.ts'
import { faulty } from './faults.ts'
import {
  ProtocolStage,
  type CheckedClient,
  type CheckedLogin,
  type ProtocolUnderTest,
} from './protocol-stage.ts'
import { SteeredRoad } from './steered-road.ts'

/** Options of `checkProtocol`. */
export interface CheckProtocolOptions {
  /** The one case to run, by its name. Default all. */
  readonly only?: string | undefined
  /** After how many milliseconds a case counts as one that never ends. Default 20,000. */
  readonly patience?: number | undefined
}

/**
 * Runs every case, each with a server and a client of its own; rejects with the first AssertionError, whose message
 * names the case.
 */
export async function checkProtocol<Client extends CheckedClient>(
  protocol: ProtocolUnderTest<Client>,
  { only, patience = PATIENCE }: CheckProtocolOptions = {},
): Promise<void> {
  const names = Object.keys(cases).filter((name) => only === undefined || name === only)
  assert.notEqual(
    names.length,
    0,
    `there is no case "${only}", but ${Object.keys(cases).join('; ')}`,
  )
  for (const name of names) {
    const login = { user: 'ada', password: `difference-engine-${++passwords}` }
    await using server = await protocol.serve(login)
    const road = new SteeredRoad(tcpDialer())
    const stage = new ProtocolStage(protocol, { url: server.url, login, road })
    try {
      await soon((cases[name] as Check)(stage), patience)
    } catch (error) {
      throw new assert.AssertionError({ message: `${name}: ${describe(error)}`, actual: error })
    } finally {
      road.cut()
      await soon(stage.clear(), patience).catch(() => {})
    }
  }
}

type Check = (stage: ProtocolStage) => Promise<void>

const cases: Readonly<Record<string, Check>> = {
  async 'calls are answered, and nothing stays open after close'(stage) {
    const client = await stage.client()
    const first = await stage.ask(client)
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => stage.ask(client))), [
      first,
      first,
      first,
    ])
    assert.ok(stage.road.dialed > 0, 'the dialer of the options was not used')
    await Promise.all([client.close(), client.close()])
    assert.equal(await client.closed, undefined)
    await nothingIsOpen(stage)
    expectError(await failure(stage.ask(client)), { code: 'NET_CLOSED' })
  },

  async 'answers split at every byte are the same'(stage) {
    const client = await stage.client()
    const whole = [await stage.ask(client), await stage.loop(client, () => {})]
    stage.road.steer('bytewise')
    const other = await stage.client()
    assert.deepEqual([await stage.ask(other), await stage.loop(other, () => {})], whole)
    assert.deepEqual([await stage.ask(client), await stage.loop(client, () => {})], whole)
  },

  async 'a verb within the loop of another is answered, or NET_BUSY at once'(stage) {
    if (stage.protocol.iterate === undefined) return
    const client = await stage.client()
    let steps = 0
    const values = await stage.loop(client, async () => {
      steps += 1
      const error = await failure(
        stage.ask(client, { timeout: { pool: WITHIN_LOOP, total: WITHIN_LOOP } }),
      )
      if (error !== undefined) expectError(error, { code: 'NET_BUSY' })
    })
    assert.ok(steps > 1, 'the loop has fewer than two values')
    assert.deepEqual(await stage.loop(client, () => {}), values)
  },

  async 'a loop that is left early leaves the client of use'(stage) {
    if (stage.protocol.iterate === undefined) return
    const client = await stage.client()
    for await (const _ of stage.protocol.iterate(client)) break
    await stage.ask(client)
    await client.close()
    await nothingIsOpen(stage)
  },

  async 'a signal that is aborted already: nothing is dialed or sent'(stage) {
    const reason = new Error('no longer wanted')
    const signal = AbortSignal.abort(reason)
    expectAbort(await failure(stage.client({ signal })), reason)
    assert.equal(stage.road.dialed, 0, 'it was dialed all the same')
    const client = await stage.client()
    const { sent } = stage.road
    expectAbort(await failure(stage.ask(client, { signal })), reason)
    assert.equal(stage.road.sent, sent, 'it was sent all the same')
    await stage.ask(client)
  },

  async 'connecting ends with abort, and leaves nothing open'(stage) {
    const { road } = stage
    const stop = new AbortController()
    const reason = new Error('no longer wanted')
    road.steer('silent')
    const connecting = failure(stage.client({ signal: stop.signal }))
    await road.until(({ dialed }) => dialed > 0)
    stop.abort(reason)
    expectAbort(await connecting, reason)
    if (!stage.lazy) await nothingIsOpen(stage)
  },

  async 'a call ends with abort while the server is silent'(stage) {
    const client = await stage.client()
    const stop = new AbortController()
    const reason = new Error('no longer wanted')
    const { answer } = await stage.asking(client, { signal: stop.signal })
    stop.abort(reason)
    expectAbort(await failure(answer), reason)
    await client.close({ grace: 0 })
    await nothingIsOpen(stage)
  },

  async 'connecting has limits, and leaves nothing open'(stage) {
    stage.road.steer('silent')
    const error = expectError(await failure(stage.client({ timeout: SHORT })), {
      name: 'TimeoutError',
      code: 'NET_TIMEOUT_TOTAL',
    })
    assert.equal(error.limit, SHORT)
    if (!stage.lazy) await nothingIsOpen(stage)
  },

  async 'a call has a limit for the reply and one for all of it'(stage) {
    for (const [timeout, code] of [
      [{ reply: SHORT }, 'NET_TIMEOUT_REPLY'],
      [SHORT, 'NET_TIMEOUT_TOTAL'],
    ] as const) {
      stage.road.steer('whole')
      const client = await stage.client()
      const { answer } = await stage.asking(client, { timeout })
      const error = expectError(await failure(answer), { name: 'TimeoutError', code })
      assert.equal(error.limit, SHORT)
    }
  },

  async 'a connection that is lost in a call'(stage) {
    // HTTP may go on over another one where this one had served before.
    const client = await stage.unused()
    const { answer } = await stage.asking(client)
    stage.road.cut()
    const error = expectError(await failure(answer), { name: 'ConnectionLostError' })
    assert.notEqual(error.retry, 'never', 'the call changes nothing, so that it may be repeated')
    stage.road.steer('whole')
    if (stage.lazy) await stage.ask(client)
    else {
      expectError(await client.closed, { name: 'ConnectionLostError' })
      const next = expectError(await failure(stage.ask(client)), { name: 'ConnectionLostError' })
      assert.equal(next.retry, 'safe', 'nothing was sent, so that a repeat is safe')
    }
    await client[Symbol.asyncDispose]()
    await nothingIsOpen(stage)
  },

  async 'a connection that is lost between calls'(stage) {
    const client = await stage.client()
    stage.road.cut()
    if (stage.lazy) await stage.ask(client)
    else expectError(await client.closed, { name: 'ConnectionLostError' })
    await client[Symbol.asyncDispose]()
    await client[Symbol.asyncDispose]()
    await nothingIsOpen(stage)
  },

  async 'close waits for the call under way'(stage) {
    const client = await stage.client()
    const expected = await stage.ask(client)
    const { answer } = await stage.asking(client)
    const closing = client.close({ grace: 60_000 })
    stage.road.steer('whole')
    assert.deepEqual(await answer, expected)
    await closing
    await nothingIsOpen(stage)
  },

  async 'close ends within its grace where the server is silent'(stage) {
    for (const grace of [0, SHORT]) {
      stage.road.steer('whole')
      const client = await stage.client()
      const { answer } = await stage.asking(client)
      await client.close({ grace })
      expectError(await failure(answer), {})
      await client.closed
      await nothingIsOpen(stage)
    }
  },

  async 'a wrong option rejects before a byte is sent'(stage) {
    const client = await stage.client()
    const { sent } = stage.road
    const wrong = { timeout: 'soon' as never }
    const error = expectError(await failure(stage.ask(client, wrong)), {
      name: 'ArgumentError',
      code: 'NET_BAD_OPTION',
    })
    assert.ok(error.operation !== undefined, `the error does not name the call: ${error.message}`)
    assert.equal(stage.road.sent, sent, 'it was sent all the same')
  },

  async 'a peer that speaks another protocol is a ProtocolError'(stage) {
    const dialer = faulty(stage.road.dialer, { do: 'garbage', times: Infinity })
    expectError(await failure(stage.client({ dialer })), { name: 'ProtocolError' })
    if (!stage.lazy) await nothingIsOpen(stage)
  },

  async 'a password shows in no error and in no event'(stage) {
    using captured = captureEvents()
    const client = await stage.client()
    await stage.ask(client)
    const wrong = `${stage.login.password}-wrong`
    const error = expectError(await failure(stage.client({ password: wrong })), {})
    hides([error, captured.events], stage.login)
    hides([error, captured.events], { ...stage.login, password: wrong })
  },
}

async function nothingIsOpen({ road }: ProtocolStage): Promise<void> {
  await road.until(({ open }) => open === 0)
}

/** What a call rejects with; undefined if it succeeds. A verb that throws instead of rejecting is an error of its own. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function expectAbort(error: unknown, reason: Error): void {
  assert.ok(isAbort(error), `expected an AbortError, got ${describe(error)}`)
  assert.equal(Reflect.get(Object(error) as object, 'cause'), reason, 'the reason is not the cause')
}

function expectError(
  error: unknown,
  wanted: { readonly name?: string; readonly code?: string },
): NetError {
  assert.ok(isNetError(error), `expected a NetError, got ${describe(error)}`)
  const { name, code } = { name: error.name, code: error.code, ...wanted }
  const told = `${error.name} ${error.code}`
  assert.equal(told, `${name} ${code}`, `expected ${name} ${code}, got ${told}: ${error.message}`)
  assert.notEqual(error.code, 'NET_INTERNAL', `an unknown error: ${error.message}`)
  return error
}

function hides(values: readonly unknown[], { user, password }: CheckedLogin): void {
  const forms = [password, `${user}:${password}`, `\0${user}\0${password}`].flatMap((form) => [
    form,
    Buffer.from(form).toString('base64'),
    encodeURIComponent(form),
  ])
  for (const value of values) {
    const texts = [
      inspect(value, {
        depth: Infinity,
        showHidden: true,
        maxArrayLength: Infinity,
        maxStringLength: Infinity,
      }),
      JSON.stringify(value),
      describe(value),
    ]
    const found = forms.some((form) => texts.some((text) => text.includes(form)))
    assert.ok(!found, `the password shows in ${isError(value) ? 'an error' : 'an event'}`)
  }
}

/** The promise, or a rejection where it never settles. */
async function soon(promise: Promise<void>, patience: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const never = new Promise<never>((_, reject) => {
    // Real time: what is waited for may wait for real sockets.
    timer = setTimeout(() => reject(new Error(`it has not ended after ${patience} ms`)), patience)
  })
  try {
    await Promise.race([promise, never])
  } finally {
    clearTimeout(timer)
  }
}

function describe(error: unknown): string {
  if (error === undefined) return 'a success'
  return isError(error) ? error.message : inspect(error)
}

let passwords = 0
const PATIENCE = 20_000
const WITHIN_LOOP = 10_000
/** Milliseconds of a limit that is sure to pass, since the peer stays silent. */
const SHORT = 50
