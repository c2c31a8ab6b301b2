import { attach, connect, fromText, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', text: 'x' }

function refused(call: string, about: string): object {
  return {
    code: 'NET_BAD_OPTION',
    protocol: 'smtp',
    operation: call,
    message: expect.stringMatching(new RegExp(`^smtp ${call}: .*${about}`)),
  }
}

describe('options that do not exist, or have another shape, are refused at the call, with what was meant', () => {
  test('by connect', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ username: 'ada' }, 'use user'],
      [{ pass: 'x' }, 'use password'],
      [{ secure: true }, 'use security'],
      [{ requireTLS: true }, 'use security'],
      [{ pasword: 'x' }, 'did you mean password'],
      [{ user: 5 }, 'user must be a string'],
      [{ auth: 'PLAIN' }, 'auth must be a login mechanism'],
      [{ auth: ['PLAIN'] }, 'auth'],
      [{ security: 'tls' }, "security must be 'required'"],
      [{ security: true }, 'security'],
      [{ tls: true }, 'tls must be'],
      [{ tls: { rejectUnauthorized: false } }, 'tls has no rejectUnauthorized'],
      [{ proxy: 5 }, 'proxy must be'],
      [{ dialer: {} }, 'dialer must be'],
      [{ block: true }, 'block must be'],
      [{ name: 5 }, 'name must be a string'],
      [{ localAddress: 5 }, 'localAddress must be a string'],
      [{ dangerouslyAllowPlaintextAuth: 'yes' }, 'must be true or false'],
      [{ timeout: '10s' }, 'timeout'],
      [{ timeout: { banner: 5 } }, 'timeout has no banner'],
      [{ signal: new AbortController() }, 'signal must be an AbortSignal'],
      [{ retry: true }, 'retry must be'],
      [{ log: 'debug' }, 'log must be'],
      [{ defaults: { timeout: null } }, 'defaults.timeout must be'],
      [{ user: 'ada' }, 'a login needs both a user and a password'],
    ]
    for (const [options, about] of cases) {
      await expect(connect('smtp://127.0.0.1:1', options)).rejects.toMatchObject(
        refused('connect', about),
      )
    }
    await expect(connect('ftp://x')).rejects.toMatchObject({
      code: 'NET_BAD_URL',
      protocol: 'smtp',
      operation: 'connect',
    })
  })

  test('by send, noop and close', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    const cases: readonly (readonly [object | string, string])[] = [
      ['now', 'an object of options'],
      [{ partial: 'maybe' }, "partial must be 'return' or 'throw'"],
      [{ envelop: {} }, 'did you mean envelope'],
      [{ envelope: 'a@b.example' }, 'envelope must be an object'],
      [{ envelope: { sender: 'a@b.example' } }, 'envelope has no sender; use from'],
      [{ envelope: { from: 5, to: 'a@b.example' } }, 'envelope.from must be an address'],
      [
        { envelope: { from: '', to: ['a@b.example', 5] } },
        'envelope.to\\[1\\] must be an address: a text such as',
      ],
      [{ envelope: { from: '', to: 5 } }, ', or a list of these, not a number'],
      [{ timeout: { replies: 5 } }, 'timeout has no replies'],
      [{ retries: 3 }, 'use retry'],
    ]
    for (const [options, about] of cases) {
      await expect(client.send(message, options as never)).rejects.toMatchObject(
        refused('send', about),
      )
    }
    await expect(client.send({ ...message, subject: 1 } as never)).rejects.toMatchObject(
      refused('send', 'subject must be a string'),
    )
    await expect(client.noop({ wait: 5 } as never)).rejects.toMatchObject(refused('noop', 'wait'))
    await expect(client.close({ grace: '5s' } as never)).rejects.toMatchObject(
      refused('close', 'grace must be a number of milliseconds'),
    )
    expect((await client.send(message)).delivery).toBe('accepted')
    expect(server.received.filter((line) => line.startsWith('MAIL'))).toHaveLength(1)
  })

  test('by attach', () => {
    for (const [options, about] of [
      [{ filename: 'x' }, 'use name'],
      [{ contentType: 'x' }, 'use type'],
      [{ name: 5 }, 'name must be a string'],
    ] as const) {
      expect(() => attach(fromText('x'), options as never)).toThrow(
        expect.objectContaining(refused('attach', about)),
      )
    }
    expect(() => attach('report.pdf' as never)).toThrow(
      expect.objectContaining(refused('attach', 'fromFile')),
    )
  })
})

test('undefined counts as not given', async () => {
  await using server = await startSmtpServer()
  const none = { signal: undefined, timeout: undefined, retry: undefined, onProgress: undefined }
  await using client = await connect(server.url, {
    ...none,
    user: undefined,
    password: undefined,
    auth: undefined,
    security: undefined,
    tls: undefined,
    dialer: undefined,
    proxy: undefined,
    block: undefined,
    localAddress: undefined,
    name: undefined,
    log: undefined,
    defaults: undefined,
    dangerouslyAllowPlaintextAuth: undefined,
  })
  await client.send(message, { ...none, partial: undefined, envelope: undefined })
  await client.noop(none)
  expect(server.mailbox.messages).toHaveLength(1)
  await client.close({ grace: undefined })
})

describe('a call that may be repeated is repeated', () => {
  test('noop, after a refusal for now', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: 'NOOP', times: 2, do: { reply: '450 4.3.0 not now' } })
    await client.noop()
    expect(server.received.filter((line) => line === 'NOOP')).toHaveLength(3)
  })

  test('but not over a connection that is gone', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: 'NOOP', do: 'drop' })
    const error: unknown = await client.noop().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_CONN_CLOSED' })
    expect(error).not.toHaveProperty('attempts')
  })

  test('as often as the caller says', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: 'NOOP', do: { reply: '450 4.3.0 not now' } })
    await expect(client.noop({ retry: false })).rejects.toMatchObject({
      code: 'NET_REPLY_TEMPORARY',
    })
    server.fail({ on: 'NOOP', do: { reply: '450 4.3.0 not now' } })
    await client.noop({ retry: { attempts: 2, delay: 1 } })
  })

  test('and a message is not, unless the caller says so', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: '.', do: { reply: '451 4.3.0 not now' } })
    await expect(client.send(message)).rejects.toMatchObject({ retry: 'safe' })
    server.fail({ on: '.', do: { reply: '451 4.3.0 not now' } })
    await client.send(message, { retry: { attempts: 2, delay: 1 } })
    expect(server.mailbox.messages).toHaveLength(1)
  })
})
