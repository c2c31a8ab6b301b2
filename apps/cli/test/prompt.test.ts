import { PassThrough } from 'node:stream'

import { describe, expect, it } from 'vitest'

import { Interruption } from '../src/interruption.ts'
import type { Terminal } from '../src/io.ts'
import { ask, confirm } from '../src/prompt.ts'

function terminalOf(): { terminal: Terminal; type(text: string): void; log: string[] } {
  const input = new PassThrough()
  const log: string[] = []
  return {
    log,
    type: (text) => void input.write(text),
    terminal: {
      input,
      write: (text) => void log.push(text),
      setRaw: (raw) => void log.push(raw ? '<raw>' : '<cooked>'),
      close: () => void log.push('<closed>'),
    },
  }
}

const { signal } = new AbortController()
const question = { text: 'password: ', otherwise: 'set NET_PASSWORD', signal }

describe('ask', () => {
  it('shows nothing of what is typed, and takes keys back', async () => {
    const { terminal, type, log } = terminalOf()
    type('wrong\u0015lovex\u007Flace\r')
    expect(await ask({ openTerminal: () => terminal }, question)).toBe('lovelace')
    expect(log).toEqual(['<raw>', 'password: ', '<cooked>', '\n', '<closed>'])
  })

  it('ends at Ctrl-C with the terminal as it was, and shows nothing', async () => {
    const { terminal, type, log } = terminalOf()
    type('half\u0003')
    await expect(ask({ openTerminal: () => terminal }, question)).rejects.toEqual(
      new Interruption('SIGINT'),
    )
    expect(log).toEqual(['<raw>', 'password: ', '<cooked>', '\n', '<closed>'])
  })

  it('ends with the run, with the terminal as it was', async () => {
    const ending = new AbortController()
    const { terminal, log } = terminalOf()
    const asked = ask({ openTerminal: () => terminal }, { ...question, signal: ending.signal })
    ending.abort(new Interruption('SIGTERM'))
    await expect(asked).rejects.toThrow('SIGTERM')
    expect(log.slice(-3)).toEqual(['<cooked>', '\n', '<closed>'])
  })

  it('takes Ctrl-D and the end of the terminal for no answer', async () => {
    for (const keys of ['\u0004', undefined]) {
      const { terminal, type } = terminalOf()
      if (keys === undefined) (terminal.input as PassThrough).end()
      else type(keys)
      await expect(ask({ openTerminal: () => terminal }, question)).rejects.toThrow('no answer')
    }
  })

  it('names the option where there is no terminal', async () => {
    await expect(ask({ openTerminal: () => undefined }, question)).rejects.toThrow(
      'set NET_PASSWORD',
    )
  })
})

describe('confirm', () => {
  it.each([
    ['y\r', true],
    ['Yes\r', true],
    ['\r', false],
    ['n\r', false],
  ])('takes %j for %s, and shows it', async (keys, meant) => {
    const { terminal, type, log } = terminalOf()
    type(keys)
    expect(await confirm({ openTerminal: () => terminal }, question)).toBe(meant)
    expect(log.slice(2, -3).join('')).toBe(keys.trim())
  })
})
