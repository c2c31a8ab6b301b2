import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

import { expect, test } from 'vitest'

import { History } from '../../src/history/history.ts'
import { Streams } from '../../src/web/streams.ts'
import { ended, started } from '../events.ts'

class Reader extends EventEmitter {
  text = ''
  writableLength = 0
  writeHead(): void {}
  write(text: string): void {
    this.text += text
  }
  destroy(): void {
    this.emit('close')
  }
  get response(): ServerResponse {
    return this as unknown as ServerResponse
  }
}

function streamsOf(most: number): { history: History; streams: Streams } {
  const history = new History({ operations: 10, wire: 0 })
  return { history, streams: new Streams(history, { streams: most, behind: 100 }) }
}

test('a reader hears what has changed since the last time, once', () => {
  const { history, streams } = streamsOf(1)
  using _ = streams
  const reader = new Reader()
  expect(streams.add(reader.response)).toBe(true)
  history.take(started(1, { target: '/a' }))
  history.take(ended(1, { target: '/a' }))
  streams.flush()
  streams.flush()
  expect(reader.text.match(/event: rows/gu)).toHaveLength(1)
  expect(reader.text).toMatch(/\nid: 2\ndata: \{"sequence":2,"oldest":0,"rows":\[\[0,1,.*"ok"/u)
})

test('a page that opens is told how things stand, and each tenth of a second is a beat', () => {
  const history = new History({ operations: 10, wire: 0 })
  let beats = 0
  const onBeat = (): void => void beats++
  const state = (): object => ({ lines: false })
  using streams = new Streams(history, { streams: 1, behind: 100, onBeat, state })
  const reader = new Reader()
  streams.add(reader.response)
  expect(reader.text).toBe('event: open\ndata: {"sequence":0,"lines":false}\n\n')
  streams.flush()
  streams.flush()
  expect(beats).toBe(2)
})

test('there are only so many; a place is free again when one goes, and nothing is gathered for nobody', () => {
  const { history, streams } = streamsOf(1)
  using _ = streams
  const first = new Reader()
  expect([streams.add(first.response), streams.add(new Reader().response)]).toEqual([true, false])
  first.destroy()
  expect(streams.size).toBe(0)
  history.take(started(1))
  expect(history.drain()).toEqual([])
  expect(streams.add(new Reader().response)).toBe(true)
})

test('[H-APP-09] a reader that does not keep up loses batches and hears of it; others have them', () => {
  const { history, streams } = streamsOf(2)
  using _ = streams
  const [slow, quick] = [new Reader(), new Reader()]
  streams.add(slow.response)
  streams.add(quick.response)
  slow.writableLength = 101
  history.take(started(1, { target: '/lost' }))
  streams.flush()
  slow.writableLength = 0
  history.take(started(2, { target: '/heard' }))
  streams.flush()
  expect(slow.text).not.toContain('/lost')
  expect(slow.text).toMatch(/event: gap\n.*\n\nevent: rows[^]*\/heard/u)
  expect(quick.text).toMatch(/\/lost[^]*\/heard/u)
  expect(quick.text).not.toContain('gap')
})
