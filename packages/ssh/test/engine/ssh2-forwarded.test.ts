import { expect, test } from 'vitest'

import { hearForwarded, type ForwardedChannel } from '../../src/engine/ssh2-forwarded.ts'
import { fakeClient } from './fake-client.ts'

test('all channels of forwards are heard, with the address that the server names', () => {
  const { client, open } = fakeClient()
  const heard: Pick<ForwardedChannel, 'to' | 'from'>[] = []
  hearForwarded(client, ({ to, from, accept, reject }) => {
    heard.push({ to, from })
    if (heard.length === 1) accept()
    else reject()
  })
  const named = { destIP: '0.0.0.0', destPort: 80, srcIP: '::1', srcPort: 5000 }
  expect(open('forwarded-tcpip', named)).toBe('opened')
  expect(open('forwarded-streamlocal@openssh.com', { socketPath: '/run/a' })).toBe('refused')
  expect(heard).toEqual([
    { to: { host: '0.0.0.0', port: 80 }, from: { host: '::1', port: 5000 } },
    { to: { path: '/run/a' }, from: undefined },
  ])
})
