import { defineErrorTable, netError, operation } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import type { Transport } from '@net/socket'
import { Commands, ReplyLines, type CommandRules } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

const rules: CommandRules<string> = {
  replies: () =>
    new ReplyLines({
      name: 'TEST',
      classes: '1-5',
      loose: false,
      forTls: 'use tests:',
      decode: (line) => line.toString(),
      replyOf: (_, lines) => lines.join('\n'),
    }),
  place: { protocol: 'test', errors: defineErrorTable([]), what: 'the connection' },
  show: (reply) => reply,
  overlooks: (reply) => reply === '225 again',
  unasked: (reply) => netError('NET_PROTO_UNEXPECTED', { message: reply }),
}

interface Wired {
  readonly commands: Commands<string>
  readonly ours: Transport
  readonly peer: Transport
  say(text: string): Promise<void>
  heard(): Promise<string>
}

function wired(more: Partial<CommandRules<string>> = {}): Wired {
  const [ours, peer] = memoryPair()
  return {
    commands: new Commands(ours, { ...rules, ...more }),
    ours,
    peer,
    say: (text) => peer.write([Buffer.from(text)]),
    heard: async () => Buffer.from((await peer.read()) ?? []).toString(),
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test('each of many commands under way gets the reply that belongs to it', async () => {
  const { commands, say, heard } = wired()
  const replies = Promise.all([commands.ask('ONE'), commands.ask('TWO')])
  await say('200 one\r\n201-two\r\n201 and more\r\n')
  expect(await replies).toEqual(['200 one', '201-two\n201 and more'])
  expect(await heard()).toBe('ONE\r\n')
  expect(await heard()).toBe('TWO\r\n')
})

test('a command may take more than one reply', async () => {
  const { commands, say } = wired()
  const taken: string[] = []
  commands.expect({
    take(reply) {
      taken.push(reply)
      return reply.startsWith('1') ? 'more' : undefined
    },
    drop: () => {},
  })
  const next = commands.reply()
  await say('150 wait\r\n151 wait\r\n200 done\r\n201 next\r\n')
  expect(await next).toBe('201 next')
  expect(taken).toEqual(['150 wait', '151 wait', '200 done'])
})

test('the call gets the lines that it sends and receives', async () => {
  using captured = captureEvents()
  const { commands, say } = wired()
  const spec = { protocol: 'test', operation: 'noop', kind: 'command' } as const
  await operation(spec, undefined, async (op) => {
    commands.op = op
    const reply = commands.ask('NOOP')
    await say('200 fine\r\n')
    await reply
  })
  expect(captured.of('wire').map(({ direction, text }) => `${direction} ${text}`)).toEqual([
    'send NOOP',
    'receive 200 fine',
  ])
})

test('a reply that nothing asked for ends the connection, unless it is to be overlooked', async () => {
  const { commands, say } = wired()
  await say('225 again\r\n200 surprise\r\n')
  expect(await commands.closed).toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    message: '200 surprise',
  })
  expect(commands.ended).toBe(true)
  await expect(commands.ask('NOOP')).rejects.toBe(commands.failure)
})

test('every waiting command gets the loss, and the first reason counts', async () => {
  const { commands, peer } = wired()
  const waiting = [failure(commands.ask('ONE')), failure(commands.ask('TWO'))]
  peer.abort()
  for (const error of await Promise.all(waiting)) expect(error).toBe(commands.failure)
  commands.lose(new Error('later'))
  expect(await commands.closed).toMatchObject({
    code: 'NET_CONN_RESET',
    message: 'the connection was reset',
  })
})

test('an end without the close_notify of TLS is the same loss while something is sent', async () => {
  const { ours } = wired()
  const cut = netError('NET_PROTO_INCOMPLETE', { message: 'no close_notify', protocol: 'tls' })
  const secured: Transport = {
    info: ours.info,
    read: () => Promise.withResolvers<null>().promise,
    write: () => Promise.reject(cut),
    end: () => ours.end(),
    close: () => ours.close(),
    abort: (reason) => ours.abort(reason),
  }
  const commands = new Commands(secured, rules)
  const waiting = failure(commands.reply())
  expect(await failure(commands.send([]))).toMatchObject({ code: 'NET_CONN_CLOSED' })
  expect(await waiting).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('the end of the server is a loss, also without the close_notify of TLS', async () => {
  const { commands, peer } = wired()
  await peer.end()
  expect(await commands.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
  const [inner] = memoryPair()
  const cut = netError('NET_PROTO_INCOMPLETE', { message: 'no close_notify', protocol: 'tls' })
  const secured: Transport = {
    info: inner.info,
    read: () => Promise.reject(cut),
    write: (chunks) => inner.write(chunks),
    end: () => inner.end(),
    close: () => inner.close(),
    abort: (reason) => inner.abort(reason),
  }
  expect(await new Commands(secured, rules).closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('a goodbye ends in order, whatever the server answers and sends after it', async () => {
  const { commands, say, heard, peer } = wired()
  const ends: unknown[] = []
  commands.onEnd((error) => ends.push(error))
  const leaving = commands.quit('QUIT')
  expect(await heard()).toBe('QUIT\r\n')
  await say('500 what?\r\nnonsense\r\n')
  await leaving
  expect(await commands.closed).toBeUndefined()
  expect(ends).toEqual([undefined])
  expect(await peer.read()).toBeNull()
  await expect(commands.quit('QUIT')).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('closing without a word drops what waits', async () => {
  const { commands } = wired()
  const waiting = failure(commands.ask('NOOP'))
  await commands.close()
  expect(await waiting).toMatchObject({ code: 'NET_CLOSED' })
  expect(await commands.closed).toBeUndefined()
})

const agrees = (reply: string): boolean => reply.startsWith('2')

test('holds behind an answer, and goes on over another transport', async () => {
  const { commands, say } = wired()
  const held = commands.ask('TLS', agrees)
  await say('234 go\r\n')
  await held
  const [ours, peer] = memoryPair()
  await commands.upgrade(() => Promise.resolve(ours))
  expect(commands.transport).toBe(ours)
  const asked = commands.ask('NOOP')
  expect(Buffer.from((await peer.read()) ?? []).toString()).toBe('NOOP\r\n')
  await peer.write([Buffer.from('200 over the other\r\n')])
  expect(await asked).toBe('200 over the other')
})

test.each(['234 go\r\n220 injected\r\n', '234 go\r\n220', '234 go\r\nx'])(
  'bytes behind the answer are never believed: %j',
  async (text) => {
    const { commands, say } = wired()
    const held = commands.ask('TLS', agrees)
    await say(text)
    await held
    const upgrade = commands.upgrade(() => Promise.reject(new Error('not asked')))
    await expect(upgrade).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
    expect(commands.ended).toBe(true)
  },
)

test('what the transport has read ahead counts as well', async () => {
  const { commands, ours, say } = wired()
  const held = commands.ask('TLS', agrees)
  await say('234 go\r\n')
  await held
  Object.defineProperty(ours, 'buffered', { value: 3 })
  expect(() => commands.refuseSurplus()).toThrow(
    expect.objectContaining({ code: 'NET_PROTO_UNEXPECTED' }),
  )
})

test('a connection that is lost during the handshake leaves no transport behind', async () => {
  const { commands, say } = wired()
  const held = commands.ask('TLS', agrees)
  await say('234 go\r\n')
  await held
  const [ours, peer] = memoryPair()
  const upgrade = commands.upgrade(async () => {
    commands.lose(netError('NET_ABORTED', { message: 'enough' }))
    return ours
  })
  await expect(upgrade).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect(peer.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('a refusal holds nothing', async () => {
  const { commands, say } = wired()
  const refused = commands.ask('TLS', agrees)
  await say('502 no\r\n')
  expect(await refused).toBe('502 no')
  const asked = commands.ask('NOOP')
  await say('200 still here\r\n')
  expect(await asked).toBe('200 still here')
})

test('an answer of many replies is collected, and the first reply of an answer is checked', async () => {
  const { commands, say } = wired({ check: (reply) => expectCode(reply, '2') })
  const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
  const all = operation(spec, undefined, (op) =>
    commands.during(op, () => commands.askMany('ALL', (reply) => reply !== '250 end')),
  )
  await say('250 one\r\n350 two\r\n250 end\r\n')
  expect(await all).toEqual(['250 one', '350 two', '250 end'])
  const wrong = failure(commands.ask('ONE'))
  await say('350 no\r\n')
  expect(await wrong).toMatchObject({ code: 'NET_PROTO_MALFORMED' })
  expect(commands.failure).toMatchObject({ code: 'NET_PROTO_MALFORMED' })
})

test('a call that is stopped before it has said anything says nothing any more, and the next one does', async () => {
  const { commands, say, heard } = wired()
  const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
  const stop = new AbortController()
  const go = Promise.withResolvers<void>()
  const late: unknown[] = []
  const over = Promise.withResolvers<void>()
  const stopped = operation(spec, { signal: stop.signal }, (op) =>
    commands.during(op, async () => {
      await go.promise
      late.push(await failure(commands.ask('ONE')), await failure(commands.send([])))
      over.resolve()
    }),
  )
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  go.resolve()
  await over.promise
  expect(late).toMatchObject([{ code: 'NET_ABORTED' }, { code: 'NET_ABORTED' }])
  const next = operation(spec, undefined, (op) => commands.during(op, () => commands.ask('TWO')))
  expect(await heard()).toBe('TWO\r\n')
  await say('200 two\r\n')
  expect(await next).toBe('200 two')
})

test('a call that has said something ends the session where it is stopped, also between two commands', async () => {
  const { commands, say } = wired()
  const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
  const stop = new AbortController()
  const answered = Promise.withResolvers<void>()
  const stopped = operation(spec, { signal: stop.signal }, (op) =>
    commands.during(op, async () => {
      await commands.ask('ONE')
      answered.resolve()
      await new Promise(() => {})
    }),
  )
  await say('200 one\r\n')
  await answered.promise
  stop.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await commands.closed).toMatchObject({ code: 'NET_ABORTED' })
})

test('a session that is over refuses a call before it begins', async () => {
  const { commands } = wired()
  await commands.close()
  const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
  const call = operation(spec, undefined, (op) => commands.during(op, async () => 'begun'))
  await expect(call).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('where the protocol says nothing else, a reply that was not asked for is unexpected', async () => {
  const { unasked: _, ...plain } = rules
  const [ours, peer] = memoryPair()
  const commands = new Commands(ours, plain)
  await peer.write([Buffer.from('250 surprise\r\n')])
  expect(await commands.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

function expectCode(reply: string, first: string): void {
  if (!reply.startsWith(first)) throw netError('NET_PROTO_MALFORMED', { message: reply })
}

test('outside of every phase a command has one of its own, and with it the limit of its reply', async () => {
  using captured = captureEvents()
  const { commands, say } = wired()
  const spec = { protocol: 'test', operation: 'noop', kind: 'command' } as const
  await operation(spec, undefined, (op) =>
    commands.during(op, async () => {
      const alone = commands.ask('ONE')
      await say('200 one\r\n')
      await alone
      const within = op.phase('auth', () => commands.ask('TWO'))
      await say('200 two\r\n')
      await within
    }),
  )
  const phases = captured.of('phase').map(({ state, phase }) => `${state} ${phase}`)
  expect(phases).toEqual(['start command', 'end command', 'start auth', 'end auth'])
})

test.each(['ONE\r\nTWO', 'ONE\n', 'ONE\0'])(
  'a command that would be two is refused, and nothing is sent: %j',
  async (line) => {
    const { commands, say, heard } = wired()
    const refused = { code: 'NET_INJECTION' }
    await expect(commands.ask(line)).rejects.toMatchObject(refused)
    await expect(commands.quit(line)).rejects.toMatchObject(refused)
    const spec = { protocol: 'test', operation: 'list', kind: 'exchange' } as const
    const many = operation(spec, undefined, (op) =>
      commands.during(op, () => commands.askMany(line, () => false)),
    )
    await expect(many).rejects.toMatchObject(refused)
    const fine = commands.ask('THREE')
    await say('200 three\r\n')
    expect(await fine).toBe('200 three')
    expect(await heard()).toBe('THREE\r\n')
  },
)
