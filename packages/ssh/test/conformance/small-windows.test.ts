import { randomBytes } from 'node:crypto'

import { connect } from '@net/ssh'
import { expect, test } from 'vitest'

import type { EngineChannel, EngineSession } from '../../src/engine/ssh2-types.ts'
import { anyKey, rawServer } from '../engine/raw-server.ts'

test.for([
  ['1 KiB, in packets of as much', 1024, 1024, false],
  ['16 KiB, in packets of 35 KiB', 16_384, 35_840, false],
  ['16 KiB, which opens again only when nothing of it is left', 16_384, 35_840, true],
] as const)(
  'what is sent into a window of %s arrives whole, and keeps within it',
  async ([, window, packetSize, isMean]) => {
    const most: number[] = []
    using server = await rawServer((client) => {
      const protocol = client._protocol
      const confirm = protocol.channelOpenConfirm.bind(protocol)
      const adjust = protocol.channelWindowAdjust.bind(protocol)
      let theirs = 0
      protocol.channelOpenConfirm = (remote, local) => {
        theirs = remote
        confirm(remote, local, window, packetSize)
      }
      // What the engine would grant by itself.
      protocol.channelWindowAdjust = () => {}
      let left: number = window
      const take = protocol._handlers['CHANNEL_DATA'] as ((...all: unknown[]) => void) | undefined
      protocol._handlers['CHANNEL_DATA'] = ((side: unknown, id: number, data: Buffer) => {
        left -= data.length
        most.push(data.length - Math.max(0, -left))
        take?.(side, id, data)
        if (isMean && left > 0) return
        adjust(theirs, window - left)
        left = window
      }) as never
      client.on('session', (accept: () => EngineSession) => {
        accept().on('exec', (start: () => EngineChannel) => {
          const channel = start()
          channel.on('data', (data: Buffer) => channel.write(data))
          channel.on('end', () => {
            channel.exit(0)
            channel.end()
          })
        })
      })
    })
    await using host = await connect(server.url, anyKey)
    const bytes = randomBytes(700_000)
    const { stdout } = await host.exec('cat', { input: bytes, output: 'bytes' })
    expect(bytes.equals(stdout)).toBe(true)
    expect(Math.max(...most)).toBeLessThanOrEqual(Math.min(window, packetSize))
  },
)
