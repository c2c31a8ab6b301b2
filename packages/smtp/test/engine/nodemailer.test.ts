import { memoryPair } from '@net/socket/testing'
import type { Transport } from '@net/socket'
import { expect, test } from 'vitest'

import { loadEngine } from '../../src/engine/nodemailer.ts'
import { failureOf } from '../scripted-peer.ts'

/** A server for the engine alone: greeting and capabilities are said, then each line gets the next reply. */
async function engineOver(replies: readonly string[]): Promise<{
  readonly engine: Awaited<ReturnType<Awaited<ReturnType<typeof loadEngine>>>>
  readonly lines: string[]
  readonly peer: Transport
}> {
  const [ours, peer] = memoryPair()
  const lines: string[] = []
  const left = ['250 peer', ...replies]
  let rest = ''
  const serve = async (): Promise<void> => {
    await peer.write([Buffer.from('220 peer\r\n')])
    for (;;) {
      const chunk = await peer.read().catch(() => null)
      if (chunk === null) return
      const whole = `${rest}${Buffer.from(chunk).toString()}`.split('\r\n')
      rest = whole.pop() ?? ''
      lines.push(...whole)
      const reply = left.shift()
      if (reply !== undefined) await peer.write([Buffer.from(`${reply}\r\n`)])
    }
  }
  void serve()
  const engine = await (await loadEngine())(ours)
  return { engine, lines, peer }
}

const content = { content: Buffer.from('Subject: x\n\n.y'), eightBit: false }

test('logs in by the given mechanism', async () => {
  const { engine, lines } = await engineOver(['235 fine'])
  await engine.login('PLAIN', 'ada', 'pass')
  expect(lines).toEqual(['EHLO us', `AUTH PLAIN ${Buffer.from('\0ada\0pass').toString('base64')}`])
})

test('sends envelope and message', async () => {
  const { engine, lines } = await engineOver(['250 a', '250 b', '354 c', '250 d'])
  await engine.send({ from: '', to: ['c@d.example'] }, content)
  expect(lines.slice(1)).toEqual([
    'MAIL FROM:<>',
    'RCPT TO:<c@d.example>',
    'DATA',
    'Subject: x',
    '',
    '..y',
    '.',
  ])
})

test('rejects with what the engine says, and can go on', async () => {
  const { engine, lines } = await engineOver(['550 no', '250 a', '250 b', '354 c', '250 d'])
  await expect(engine.send({ from: 'a@b.example', to: ['c@d.example'] }, content)).rejects.toThrow(
    /Mail command failed/,
  )
  await engine.send({ from: 'a@b.example', to: ['c@d.example'] }, content)
  expect(lines.filter((line) => line.startsWith('MAIL'))).toHaveLength(2)
})

test('a call ends when the transport does, whatever the engine does', async () => {
  const { engine, peer } = await engineOver([])
  const sending = engine.send({ from: 'a@b.example', to: ['c@d.example'] }, content)
  const failed = failureOf(sending)
  peer.abort()
  expect(await failed).toBeInstanceOf(Error)
  await expect(engine.login('PLAIN', 'ada', 'pass')).rejects.toBeInstanceOf(Error)
})

test('a login ends when the server leaves in the middle of it', async () => {
  const { engine, peer } = await engineOver([])
  const failed = failureOf(engine.login('LOGIN', 'ada', 'pass'))
  await peer.end()
  expect(await failed).toBeInstanceOf(Error)
})
