import { Writable } from 'node:stream'

import { describe, expect, it } from 'vitest'

import { Interruption } from '../../src/interruption.ts'
import type { Io, Screen } from '../../src/io.ts'
import { Output, type OutputOptions } from '../../src/output/output.ts'

interface Made {
  readonly output: Output
  readonly out: string[]
  readonly err: string[]
}

function make(
  options: OutputOptions,
  { isTTY = false, env = {}, stdout }: Partial<Io> & { isTTY?: boolean } = {},
): Made {
  const [out, err]: string[][] = [[], []]
  const to = (list: string[]): Screen =>
    Object.assign(
      new Writable({ write: (chunk: Uint8Array, _, done) => (list.push(String(chunk)), done()) }),
      { isTTY },
    )
  const io = { stdout: stdout ?? to(out!), stderr: to(err!), env } as unknown as Io
  return { output: new Output(io, options), out: out!, err: err! }
}

describe('Output', () => {
  it('prints lines for people, objects for programs', async () => {
    const people = make({})
    await people.output.result({ type: 'entry', name: 'a' }, 'a')
    await people.output.event({ type: 'progress' })
    people.output.note('done')
    expect([people.out, people.err]).toEqual([['a\n'], ['done\n']])
    const programs = make({ json: true })
    await programs.output.result({ type: 'entry', name: 'a' }, 'a')
    programs.output.note('done')
    expect([programs.out, programs.err]).toEqual([['{"type":"entry","name":"a"}\n'], []])
  })

  it('has the same objects and no colour with a terminal as without', async () => {
    const [pipe, terminal] = [make({ json: true }), make({ json: true }, { isTTY: true })]
    for (const { output } of [pipe, terminal])
      await output.result({ type: 'x', name: '\u001b[2J' }, '')
    expect(terminal.out).toEqual(pipe.out)
    expect(pipe.out.join('')).not.toContain('\u001b')
  })

  it('is silent on stderr but for errors with --silent', () => {
    const { output, err } = make({ silent: true })
    output.note('saved')
    output.complain('failed')
    expect(err).toEqual(['failed\n'])
  })

  it('shows names harmless on a terminal, and as they are in a pipe or with --raw', () => {
    const name = 'a\u001b[2J'
    expect(make({}, { isTTY: true }).output.name(name)).toBe('a\\x1b[2J')
    expect(make({}).output.name(name)).toBe(name)
    expect(make({ raw: true }, { isTTY: true }).output.name(name)).toBe(name)
  })

  it('has colours on a terminal alone, and not with NO_COLOR', () => {
    expect(make({}, { isTTY: true }).output.hasColors).toBe(true)
    expect(make({}, { isTTY: true, env: { NO_COLOR: '1' } }).output.hasColors).toBe(false)
    expect(make({}).output.hasColors).toBe(false)
  })

  it('waits for a reader that is slow', async () => {
    let release = (): void => {}
    const slow: Screen = new Writable({
      highWaterMark: 1,
      write: (_chunk, _, done) => void (release = done),
    })
    const { output } = make({}, { stdout: slow })
    let isThrough = false
    const writing = output.bytes('abc').then(() => (isThrough = true))
    await new Promise(setImmediate)
    expect(isThrough).toBe(false)
    release()
    await new Promise(setImmediate)
    release()
    await writing
  })

  it('[H-APP-04] ends the run when the reader has left, and fails when the disk is full', async () => {
    for (const [code, wanted] of [
      ['EPIPE', new Interruption('EPIPE')],
      ['ENOSPC', Object.assign(new Error('failed'), { code: 'ENOSPC' })],
    ] as const) {
      const stdout: Screen = new Writable({
        highWaterMark: 1,
        write: (_chunk, _, done) => done(Object.assign(new Error('failed'), { code })),
      })
      stdout.on('error', () => {})
      const { output } = make({}, { stdout })
      await expect(output.bytes('abc')).rejects.toEqual(wanted)
      await expect(output.bytes('abc')).rejects.toEqual(wanted)
    }
  })

  it('leaves no listener behind for what had to wait', async () => {
    const stdout = Object.assign(
      new Writable({ highWaterMark: 1, write: (_chunk, _, done) => setImmediate(done) }),
      { isTTY: false },
    )
    const before = stdout.listenerCount('close') + stdout.listenerCount('error')
    const { output } = make({}, { stdout })
    for (let round = 0; round < 20; round++) await output.bytes('xy')
    expect(stdout.listenerCount('close') + stdout.listenerCount('error')).toBe(before)
  })
})
