import { captureEvents, useFakeClock } from '@net/core/testing'
import { startSshServer, type ExecIo } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import { SudoGate } from '../src/sudo-gate.ts'
import { failureOf, logInTo } from './embedded.ts'

const plan = { user: undefined, password: 'x', prompt: 'sudo-1:', mark: ['aa', 'bb'] } as const

function gated(hasTerminal: boolean): { gate: SudoGate; printed: string[] } {
  const printed: string[] = []
  const gate = new SudoGate(plan, hasTerminal, {
    arrived(name, chunk) {
      printed.push(`${name} ${Buffer.from(chunk).toString()}`)
      return true
    },
    ended: (name) => void printed.push(`${name} ended`),
  })
  return { gate, printed }
}

test('what comes before the mark is held back, however it is split, and what comes behind it is output', () => {
  for (const size of [1, 2, 5, 100]) {
    const { gate, printed } = gated(false)
    gate.output.arrived('stdout', Buffer.from('free'))
    const said = Buffer.from('lecture\nsudo-1:\naabbé of the command')
    for (let at = 0; at < said.length; at += size) {
      gate.output.arrived('stderr', said.subarray(at, at + size))
    }
    gate.output.ended?.('stderr')
    expect(printed[0]).toBe('stdout free')
    const bytes = printed.slice(1, -1).map((line) => line.slice('stderr '.length))
    expect(bytes.join('').replaceAll('\uFFFD', '')).toMatch(/^é?.* of the command$/)
    expect(printed.at(-1)).toBe('stderr ended')
  }
})

test('on a terminal there is one output; without a mark all of it is given at the end, but for the prompt', () => {
  const { gate, printed } = gated(true)
  gate.output.arrived('stdout', Buffer.from('sudo-1:\r\nada is not in the sudoers file\r\n'))
  expect(printed).toEqual([])
  gate.output.ended?.('stdout')
  expect(printed).toEqual(['stdout \r\nada is not in the sudoers file\r\n', 'stdout ended'])
})

test('what prints without end is not sudo, and nothing is held back for good', () => {
  const { gate, printed } = gated(false)
  for (let sent = 0; sent < 100; sent++) gate.output.arrived('stderr', Buffer.alloc(1024, 'x'))
  expect(printed.join('').length).toBeGreaterThan(100 * 1024)
})

test('sudo that neither asks nor runs anything is a time-out, and a lost connection ends the wait', async () => {
  const silent = async (_: string, { signal }: ExecIo): Promise<void> => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  await using server = await startSshServer({ exec: silent })
  await using host = await logInTo(server, { keepAlive: false })
  {
    using clock = useFakeClock()
    using captured = captureEvents()
    const running = failureOf(host.exec('id', { sudo: { password: 'x' } }))
    // Until then it is the answer to the command that is waited for.
    await captured.waitFor((event) => event.type === 'phase' && event.phase === 'auth')
    await clock.advance(30_000)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_AUTH' })
  }
  const lost = failureOf(host.exec('id', { sudo: { password: 'x' } }))
  await server.waitFor(({ what, text }) => what === 'signal' && text === 'TERM')
  await server.close()
  expect(await lost).toMatchObject({ name: 'ConnectionLostError' })
})
