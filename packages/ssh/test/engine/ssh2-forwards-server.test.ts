import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'

import { expect, test } from 'vitest'

import {
  ServedForwards,
  type ListenRequest,
  type TunnelRequest,
} from '../../src/engine/ssh2-forwards-server.ts'
import type { EngineIncoming } from '../../src/engine/ssh2-types.ts'

test('tunnels and places to listen are heard in our own words', async () => {
  const heard: unknown[] = []
  const opened: unknown[][] = []
  const client = Object.assign(new EventEmitter(), {
    forwardOut: (...all: unknown[]) => {
      opened.push(all.slice(0, -1))
      ;(all.at(-1) as (error: undefined, channel: unknown) => void)(undefined, new PassThrough())
    },
    openssh_forwardOutStreamLocal: (...all: unknown[]) => {
      opened.push(all.slice(0, -1))
      ;(all.at(-1) as (error: Error) => void)(new Error('refused'))
    },
  })
  const forwards = new ServedForwards(
    client as unknown as EngineIncoming,
    {
      tunnel: async ({ place }: TunnelRequest) => void heard.push(place),
      listening: async ({ place, isCancel, accept }: ListenRequest) => {
        heard.push([place, isCancel])
        accept(8080)
      },
    },
    (channel) => channel,
  )
  forwards.listen()
  client.emit(
    'tcpip',
    () => {},
    () => {},
    { destIP: 'db', destPort: 5432 },
  )
  client.emit(
    'openssh.streamlocal',
    () => {},
    () => {},
    { socketPath: '/run/a' },
  )
  const ports: unknown[] = []
  const accept = (port: unknown): void => void ports.push(port)
  client.emit('request', accept, () => {}, 'tcpip-forward', { bindAddr: '', bindPort: 0 })
  client.emit('request', accept, () => {}, 'cancel-streamlocal-forward@openssh.com', {
    socketPath: '/run/a',
  })
  expect(heard).toEqual([
    { host: 'db', port: 5432 },
    { path: '/run/a' },
    [{ host: '', port: 0 }, false],
    [{ path: '/run/a' }, true],
  ])
  expect(ports).toEqual([8080, 8080])
  const from = { host: '1.2.3.4', port: 5 }
  expect(await forwards.open({ host: '', port: 8080 }, from)).toBeDefined()
  expect(await forwards.open({ path: '/run/a' }, from)).toBeUndefined()
  expect(opened).toEqual([['', 8080, '1.2.3.4', 5], ['/run/a']])
  client.emit('close')
  expect(await forwards.open({ host: '', port: 8080 }, from)).toBeUndefined()
})
