import { operation } from '@net/core/authoring'
import { secureServer } from '../../src/tls/secure.ts'
import { startCommands, type StartRules } from '@net/socket/authoring'
import { createCertificates, memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { toyRules } from '../testing/toy-protocol.ts'

const authority = createCertificates()
const tls = { ca: authority.ca, servername: 'localhost' }
const rules = (offers: boolean): StartRules<string> => ({
  ...toyRules,
  startTls: {
    command: 'TLS',
    offered: async (commands) => offers && (await commands.ask('HAS TLS')) === '+yes',
    goesOn: (line) => line === '+go',
  },
})

const elsewhere = { scheme: 'toy', host: 'toy.example', port: 1 }
type Options = Parameters<typeof startCommands>[2]

function started(options: Options, offers = true) {
  const [ours, peer] = memoryPair({ endpoint: elsewhere })
  const spec = { protocol: 'toy', operation: 'connect', kind: 'session' } as const
  const commands = operation(spec, undefined, (op) =>
    startCommands(op, ours, options, rules(offers)),
  )
  commands.catch(() => {})
  const say = (text: string): Promise<void> => peer.write([Buffer.from(text)])
  const heard = async (): Promise<string> => Buffer.from((await peer.read()) ?? []).toString()
  return { commands, say, heard, peer }
}

test('TLS begins in the middle where it is offered, and what follows is encrypted', async () => {
  const { commands, say, heard, peer } = started({ security: 'required', tls })
  await say('+hello\r\n')
  expect(await heard()).toBe('HAS TLS\r\n')
  await say('+yes\r\n')
  expect(await heard()).toBe('TLS\r\n')
  await say('+go\r\n')
  const inside = await secureServer(peer, authority.issue())
  const session = await commands
  expect(session.info.encrypted).toBe(true)
  await inside.write([Buffer.from('+1\r\n')])
  expect(await session.ask('ONE')).toBe('+1')
  await session.close()
})

test('without an offer a session that needs TLS does not begin, and one that does not goes on', async () => {
  const needy = started({ security: 'required' }, false)
  await needy.say('+hello\r\n')
  await expect(needy.commands).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  await expect(needy.peer.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  for (const security of ['opportunistic', 'off'] as const) {
    const content = started({ security }, false)
    await content.say('+hello\r\n')
    expect((await content.commands).info.encrypted).toBe(false)
  }
})

test('a refusal of what was offered is no TLS, and unencrypted words behind the answer are not believed', async () => {
  for (const [answer, code] of [
    ['-no\r\n', 'NET_TLS_UNAVAILABLE'],
    ['+go\r\n+1\r\n', 'NET_PROTO_UNEXPECTED'],
  ] as const) {
    const { commands, say, heard } = started({ security: 'required', tls })
    await say('+hello\r\n')
    await heard()
    await say('+yes\r\n')
    await heard()
    await say(answer)
    await expect(commands).rejects.toMatchObject({ code })
  }
})
