import { Writable } from 'node:stream'

import { describe, expect, it } from 'vitest'

import type { Io, Screen } from '../../src/io.ts'
import { Output, type OutputOptions } from '../../src/output/output.ts'
import { ProgressView } from '../../src/output/progress-view.ts'

const half = { transferred: 512, total: 1024, rate: 256, elapsed: 2000, eta: 2000 }
const all = { transferred: 1024, total: 1024, rate: 256, elapsed: 4000 }

function make(
  options: OutputOptions & { lines?: boolean },
  screen: { isTTY?: boolean; columns?: number } = {},
): {
  view: ProgressView
  err(): string
  out(): string
  output: Output
  resize(columns: number): void
} {
  const [out, err]: string[][] = [[], []]
  const to = (list: string[]): Screen =>
    Object.assign(
      new Writable({ write: (chunk: Uint8Array, _, done) => (list.push(String(chunk)), done()) }),
      screen,
    )
  const io = { stdout: to(out!), stderr: to(err!), env: {} } as unknown as Io
  const output = new Output(io, options)
  const view = new ProgressView(io.stderr, output, {
    label: 'in/report\u001b.csv',
    lines: options.lines,
  })
  const resize = (columns: number): void => void Object.assign(io.stderr, { columns })
  return { view, output, err: () => err!.join(''), out: () => out!.join(''), resize }
}

describe('ProgressView', () => {
  it('writes one line over on a terminal, and leaves the last one', () => {
    const { view, err } = make({}, { isTTY: true, columns: 100 })
    view.onProgress(half)
    expect(err()).toMatch(
      /^\r\u001b\[Kin\/report\\x1b\.csv █{10}░{10} 512 B of 1\.0 KiB, 256 B\/s, 2\.0 s left$/,
    )
    view.onProgress(all)
    view.done()
    expect(err().endsWith('\r\u001b[Kin/report\\x1b.csv: 1.0 KiB of 1.0 KiB, 256 B/s\n')).toBe(true)
  })

  it.each([[40], [20], [1], [0], [undefined]])(
    'never is wider than a terminal of %s columns',
    (columns) => {
      const { view, err } = make({}, { isTTY: true, ...(columns === undefined ? {} : { columns }) })
      view.onProgress(half)
      const drawn = err().split('\u001b[K')[1] ?? ''
      expect(drawn.length).toBeLessThan(columns === undefined || columns === 0 ? 80 : columns)
    },
  )

  it('follows a terminal whose width changes', () => {
    const screen = { isTTY: true, columns: 100 }
    const { view, err, resize } = make({}, screen)
    for (const columns of [100, 30, 0, 12, 60]) {
      resize(columns)
      view.onProgress(half)
      const drawn = err().split('\u001b[K').at(-1) ?? ''
      expect(drawn.length).toBeLessThan(columns === 0 ? 80 : columns)
    }
    view.done()
    expect(err().endsWith('\n')).toBe(true)
  })

  it('keeps a line for each file above the one that is written over', () => {
    const { view, err } = make({}, { isTTY: true, columns: 60 })
    view.onProgress(half)
    view.line('make a\n.txt')
    expect(err()).toMatch(/\r\u001b\[Kmake a\\n\.txt\n\r\u001b\[K\S/)
  })

  it('is silent where stderr is no terminal', () => {
    for (const options of [{}, { silent: true, lines: true }]) {
      const { view, err } = make(options)
      view.onProgress(half)
      view.done()
      expect(err()).toBe('')
    }
  })

  it('writes whole lines far apart with --progress, without a carriage return', () => {
    const { view, err } = make({ lines: true })
    for (const elapsed of [1000, 9999, 10_000, 10_100, 20_001])
      view.onProgress({ ...half, elapsed })
    view.done()
    expect(err().split('\n')).toHaveLength(4)
    expect(err()).not.toMatch(/[\r\u001b]/)
  })

  it('writes events with --json and --progress, and nothing else', async () => {
    const { view, err, out } = make({ json: true, lines: true }, { isTTY: true })
    view.onProgress({ ...half, elapsed: 10_000 })
    view.done()
    await new Promise(setImmediate)
    expect(out()).toBe('{"type":"progress","transferred":512,"total":1024}\n'.repeat(2))
    expect(err()).toBe('')
  })

  it('gives way to what else is printed on the terminal', () => {
    const { view, output, err } = make({}, { isTTY: true, columns: 60 })
    view.onProgress(half)
    output.complain('failed')
    expect(err().endsWith('\r\u001b[Kfailed\n')).toBe(true)
  })
})
