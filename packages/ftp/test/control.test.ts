import { expect, test } from 'vitest'

import { netError, type Operation } from '@net/core/authoring'
import { captureEvents } from '@net/core/testing'
import type { Transport } from '@net/socket'
import { memoryPair } from '@net/socket/testing'

import { Control } from '../src/control.ts'
import { inOperation } from './open-session.ts'

type Say = (text: string) => Promise<void>

interface Wired {
  readonly control: Control
  readonly peer: Transport
  readonly say: Say
  heard(): Promise<string>
}

async function wired(greeting = '220 hi\r\n'): Promise<Wired> {
  const [ours, peer] = memoryPair()
  const say = (text: string): Promise<void> => peer.write([Buffer.from(text)])
  const { control, greeting: exchange } = Control.open(ours)
  await say(greeting)
  await exchange.final
  return {
    control,
    peer,
    say,
    heard: async () => Buffer.from((await peer.read()) ?? []).toString(),
  }
}

function ask(control: Control, command: string, op?: (op: Operation) => void): Promise<unknown> {
  return inOperation((operation) => {
    op?.(operation)
    return control.ask(operation, command)
  })
}

/** A transfer of which the server has said that it begins once `begun` has resolved. */
function transferring(control: Control): { begun: Promise<void>; transferred: Promise<unknown> } {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const transferred = inOperation(async (op) => {
    const exchange = control.begin(op, 'RETR a')
    await exchange.first
    resolve()
    return exchange.final
  })
  return { begun, transferred }
}

test('sends a command and gives its last reply', async () => {
  const { control, say, heard } = await wired()
  const asked = ask(control, 'NOOP')
  expect(await heard()).toBe('NOOP\r\n')
  await say('150 wait\r\n20')
  await say('0-a\r\n200 b\r\n')
  expect(await asked).toEqual({ status: 200, text: '200-a\n200 b' })
  await control.close()
  expect(await control.closed).toBeUndefined()
})

test('[FTP-47] lines are reported on the wire, the secret ones masked', async () => {
  using captured = captureEvents()
  const { control, say, heard } = await wired()
  const asked = inOperation((op) => control.ask(op, 'PASS open sesame', 'PASS ***'))
  expect(await heard()).toBe('PASS open sesame\r\n')
  await say('230 in\r\n')
  await asked
  expect(captured.of('wire').map(({ direction, text }) => `${direction} ${text}`)).toEqual([
    'send PASS ***',
    'receive 230 in',
  ])
  await control.close()
})

test('[H-FTP-04] a reply without a command ends the connection', async () => {
  const { control, say } = await wired()
  await say('226 surprise\r\n')
  expect(await control.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  await expect(ask(control, 'NOOP')).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('one command at a time', async () => {
  const { control, say, heard } = await wired()
  const asked = ask(control, 'NOOP')
  await expect(ask(control, 'SYST')).rejects.toMatchObject({ code: 'NET_BUSY' })
  expect(await heard()).toBe('NOOP\r\n')
  await say('200 fine\r\n')
  expect(await asked).toMatchObject({ status: 200 })
})

test('a command that would be two is refused, and the connection goes on', async () => {
  const { control, say, heard } = await wired()
  await expect(ask(control, 'NOOP\r\nDELE x')).rejects.toMatchObject({ code: 'NET_INJECTION' })
  const asked = ask(control, 'NOOP')
  expect(await heard()).toBe('NOOP\r\n')
  await say('200 fine\r\n')
  expect(await asked).toMatchObject({ status: 200 })
})

test.each([
  ['nothing else', '226 Aborted\r\n'],
  ['426 and 226', '426 Cut\r\n226 Aborted\r\n'],
  ['the late end and 225', '226 Sent\r\n225 Nothing to abort\r\n'],
  ['that it does not know it', '502 ABOR?\r\n'],
])('ABOR that is answered with %s ends the transfer that owes its reply', async (_, answer) => {
  const { control, say, heard } = await wired()
  const abort = new AbortController()
  const asked = inOperation((op) => control.ask(op, 'RETR x'), { signal: abort.signal })
  await heard()
  await say('150 here\r\n')
  abort.abort()
  await expect(asked).rejects.toMatchObject({ code: 'NET_ABORTED' })
  control.interrupt()
  control.interrupt()
  expect(await heard()).toBe('ABOR\r\n')
  await say(`150 0.006 seconds\r\n${answer}`)
  expect(await heard()).toBe('TYPE I\r\n')
  await say('200 TYPE is I\r\n')
  expect(await control.idle()).toBe(true)
  const next = ask(control, 'NOOP')
  expect(await heard()).toBe('NOOP\r\n')
  await say('200 next\r\n')
  expect(await next).toEqual({ status: 200, text: '200 next' })
})

test('only a transfer that has begun is interrupted', async () => {
  const { control, say, heard } = await wired()
  control.interrupt()
  const asked = ask(control, 'MKD x')
  control.interrupt()
  expect(await heard()).toBe('MKD x\r\n')
  await say('257 made\r\n')
  expect(await asked).toMatchObject({ status: 257 })
})

test('a transfer that was cut may end twice, with 426 and then 226, and no reply more than twice', async () => {
  const { control, say, heard } = await wired()
  const cut = ask(control, 'RETR x')
  await heard()
  await say('150 here\r\n426 cut\r\n')
  expect(await cut).toMatchObject({ status: 426 })
  const next = ask(control, 'SIZE x')
  await heard()
  await say('226 Aborted\r\n213 5\r\n')
  expect(await next).toEqual({ status: 213, text: '213 5' })
  await say('226 Again\r\n')
  expect(await control.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('a transfer that is told twice to be whole leaves no reply to the next command', async () => {
  const { control, say, heard } = await wired()
  const sent = ask(control, 'STOR x')
  await heard()
  await say('150 here\r\n226 done\r\n')
  expect(await sent).toMatchObject({ status: 226 })
  const next = ask(control, 'DELE y')
  await heard()
  await say('226 closing\r\n550 No such file\r\n')
  expect(await next).toMatchObject({ status: 550 })
})

test('[H-FTP-04] a second last reply ends the connection, and the first counts', async () => {
  const { control, say, heard } = await wired()
  const asked = ask(control, 'SIZE x')
  await heard()
  await say('213 5\r\n213 666\r\n')
  expect(await asked).toEqual({ status: 213, text: '213 5' })
  expect(await control.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('endless preliminary replies end the connection', async () => {
  const { control, say, heard } = await wired()
  const asked = ask(control, 'STOR x')
  await heard()
  await say('150 more\r\n'.repeat(200))
  await expect(asked).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('421 says that the server closes, asked for or not', async () => {
  const idle = await wired()
  await idle.say('421 Timeout\r\n')
  expect(await idle.control.closed).toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    reply: { status: 421 },
  })
  const asked = await wired()
  const reply = ask(asked.control, 'NOOP')
  await asked.heard()
  await asked.say('421 Too many\r\n')
  expect(await reply).toMatchObject({ status: 421 })
  expect(asked.control.failure?.code).toBe('NET_CONN_SHUTDOWN')
})

test('the end of the connection rejects what is open', async () => {
  const { control, peer, heard } = await wired()
  const asked = ask(control, 'NOOP')
  await heard()
  await peer.close()
  await expect(asked).rejects.toMatchObject({ code: 'NET_CONN_CLOSED', operation: 'test' })
})

test('after a goodbye the end is no loss', async () => {
  const { control, peer, say, heard } = await wired()
  const quit = inOperation((op) => control.quit(op))
  expect(await heard()).toBe('QUIT\r\n')
  await say('221 bye\r\n')
  await quit
  await peer.close()
  expect(await control.closed).toBeUndefined()
})

test('an end without the close_notify of TLS is an end: replies end by themselves', async () => {
  for (const goodbye of [true, false]) {
    const [inner, peer] = memoryPair()
    const cut = netError('NET_PROTO_INCOMPLETE', { message: 'no close_notify', protocol: 'tls' })
    const ours: Transport = {
      info: inner.info,
      read: async () => {
        const chunk = await inner.read()
        if (chunk === null) throw cut
        return chunk
      },
      write: (chunks) => inner.write(chunks),
      end: () => inner.end(),
      close: () => inner.close(),
      abort: (reason) => inner.abort(reason),
    }
    const { control, greeting } = Control.open(ours)
    await peer.write([Buffer.from('220 hi\r\n')])
    await greeting.final
    if (goodbye) {
      const quit = inOperation((op) => control.quit(op))
      await peer.read()
      await peer.write([Buffer.from('221 bye\r\n')])
      await quit
    }
    await peer.end()
    expect((await control.closed)?.code).toBe(goodbye ? undefined : 'NET_CONN_CLOSED')
  }
})

test('a call that is stopped owes its reply, and `idle` waits for it', async () => {
  const { control, say, heard } = await wired()
  const abort = new AbortController()
  const asked = inOperation((op) => control.ask(op, 'NOOP'), { signal: abort.signal })
  await heard()
  abort.abort()
  await expect(asked).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const idle = control.idle()
  await say('200 late\r\n')
  expect(await idle).toBe(true)
  const next = ask(control, 'NOOP')
  await heard()
  await say('200 next\r\n')
  expect(await next).toEqual({ status: 200, text: '200 next' })
})

test('holds behind an answer, and goes on over another transport', async () => {
  const { control, say, heard } = await wired()
  const held = inOperation((op) => control.askAndHold(op, 'AUTH TLS'))
  await heard()
  await say('234 go\r\n')
  expect(await held).toMatchObject({ status: 234 })
  const [ours, peer] = memoryPair()
  await control.upgrade(() => Promise.resolve(ours))
  const asked = ask(control, 'NOOP')
  expect(Buffer.from((await peer.read()) ?? []).toString()).toBe('NOOP\r\n')
  await peer.write([Buffer.from('200 over the other\r\n')])
  expect(await asked).toMatchObject({ status: 200 })
})

test.each(['234 go\r\n220 injected\r\n', '234 go\r\n220', '234 go\r\nx'])(
  '[H-FTP-05] bytes behind the answer are never believed: %j',
  async (text) => {
    const { control, say, heard } = await wired()
    const held = inOperation((op) => control.askAndHold(op, 'AUTH TLS'))
    await heard()
    await say(text)
    await expect(held).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
    expect(control.failure?.code).toBe('NET_PROTO_UNEXPECTED')
  },
)

test('a refusal holds nothing', async () => {
  const { control, say, heard } = await wired()
  const held = inOperation((op) => control.askAndHold(op, 'AUTH TLS'))
  await heard()
  await say('502 no\r\n')
  expect(await held).toMatchObject({ status: 502 })
  const asked = ask(control, 'NOOP')
  await heard()
  await say('200 still here\r\n')
  expect(await asked).toMatchObject({ status: 200 })
})

test.each([
  ['behind the last reply', ['226 done', '200 noop', '200 noop', '257 "/" here']],
  ['at once', ['200 noop', '200 noop', '226 done']],
  ['as a command that is not known', ['500 what?', '500 what?', '226 done']],
  ['never', ['226 done', '257 "/" here']],
] as [string, string[]][])(
  '[FTP-08] NOOPs within a transfer that are answered %s move no reply',
  async (_, lines) => {
    const { control, say, heard } = await wired()
    const { begun, transferred } = transferring(control)
    expect(await heard()).toBe('RETR a\r\n')
    await say('150 here\r\n')
    await begun
    control.keepAlive()
    expect(await heard()).toBe('NOOP\r\n')
    control.keepAlive()
    expect(await heard()).toBe('NOOP\r\n')
    const end = lines.findIndex((line) => line.startsWith('226')) + 1
    await say(
      lines
        .slice(0, end)
        .map((line) => `${line}\r\n`)
        .join(''),
    )
    expect(await transferred).toMatchObject({ status: 226 })
    const asked = ask(control, 'SIZE a')
    let sent = ''
    while (!sent.endsWith('SIZE a\r\n')) sent += await heard()
    await say([...lines.slice(end), '213 5'].map((line) => `${line}\r\n`).join(''))
    expect(await asked).toMatchObject({ status: 213 })
    await control.close()
  },
)

test.each([
  [
    'in one packet with the last reply',
    (say: Say): Promise<void> => say('226 done\r\n200 noop\r\n200 noop\r\n'),
  ],
  [
    'when nothing is asked any more',
    async (say: Say): Promise<void> => {
      await say('226 done\r\n')
      await say('200 noop\r\n502 what?\r\n')
    },
  ],
] as [string, (say: Say) => Promise<void>][])(
  '[FTP-08] NOOPs within a transfer may be answered %s',
  async (_, answer) => {
    const { control, say, heard } = await wired()
    const { begun, transferred } = transferring(control)
    expect(await heard()).toBe('RETR a\r\n')
    await say('150 here\r\n')
    await begun
    control.keepAlive()
    expect(await heard()).toBe('NOOP\r\n')
    control.keepAlive()
    expect(await heard()).toBe('NOOP\r\n')
    await answer(say)
    expect(await transferred).toMatchObject({ status: 226 })
    const asked = ask(control, 'SIZE a')
    let sent = ''
    while (!sent.endsWith('SIZE a\r\n')) sent += await heard()
    if (sent.startsWith('PWD')) await say('257 "/" here\r\n')
    await say('213 5\r\n')
    expect(await asked).toMatchObject({ status: 213 })
    await say('200 for nothing\r\n')
    expect(await control.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  },
)

test('a server whose order cannot be told costs the session, and not the result', async () => {
  const { control, say, heard } = await wired()
  const { begun, transferred } = transferring(control)
  await heard()
  await say('150 here\r\n')
  await begun
  control.keepAlive()
  await heard()
  await say('226 done\r\n')
  expect(await transferred).toMatchObject({ status: 226 })
  const asked = ask(control, 'SIZE a')
  await say('213 5\r\n')
  await expect(asked).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
})

test('several commands go out in one packet, and each gets its own reply', async () => {
  const { control, say, heard } = await wired()
  const asked = inOperation((op) => control.askTogether(op, ['FEAT', 'TYPE I']))
  expect(await heard()).toBe('FEAT\r\nTYPE I\r\n')
  await say('211-x\r\n211 end\r\n20')
  await say('0 I\r\n')
  expect(await asked).toMatchObject([{ status: 211 }, { status: 200 }])
  expect(control.owed).toBe(false)
  await control.close()
})
