import { expect, test } from 'vitest'

import { PendingWaits } from '../../src/engine/pending-waits.ts'
import { RemoteForwards, type ForwardedConnection } from '../../src/engine/ssh2-forwards.ts'
import { uint32 } from '../../src/identity/wire.ts'
import { failureOf } from '../embedded.ts'
import { fakeClient, type FakeClient } from './fake-client.ts'

const patient = { onAbort: () => () => {} }
const to = (destIP: string, destPort: number): object => ({
  destIP,
  destPort,
  srcIP: '1.2.3.4',
  srcPort: 5,
})

function made(): FakeClient & { forwards: RemoteForwards; waits: PendingWaits } {
  const fake = fakeClient()
  const waits = new PendingWaits(() => new Error('lost'))
  return { ...fake, waits, forwards: new RemoteForwards(fake.client, waits, () => {}) }
}

test('[SSH-48] a channel that comes before the answer to its request waits for it', async () => {
  const { forwards, open, answer } = made()
  const came: ForwardedConnection[] = []
  const asking = forwards.listen({ host: 'localhost', port: 0 }, (one) => came.push(one), patient)
  expect(open('forwarded-tcpip', to('::1', 8080))).toBe('open')
  answer(false, uint32(8080))
  expect((await asking).port).toBe(8080)
  expect(came.map(({ from }) => from)).toEqual([{ host: '1.2.3.4', port: 5 }])
})

test('[H-SSH-20] [SSH-48] a channel that belongs to no forward is refused', async () => {
  const { forwards, open, answer } = made()
  expect(open('forwarded-tcpip', to('localhost', 8080))).toBe('refused')
  expect(open('forwarded-streamlocal@openssh.com', { socketPath: '/run/a' })).toBe('refused')
  const asking = forwards.listen({ path: '/run/a' }, () => {}, patient)
  answer(false)
  const listening = await asking
  expect(open('forwarded-streamlocal@openssh.com', { socketPath: '/run/a' })).toBe('opened')
  expect(open('forwarded-streamlocal@openssh.com', { socketPath: '/run/b' })).toBe('refused')
  const cancelled = listening.cancel()
  expect(open('forwarded-streamlocal@openssh.com', { socketPath: '/run/a' })).toBe('refused')
  answer(true)
  await cancelled
})

test('a request that is granted after its call was given up is taken back', async () => {
  const { forwards, answer, sent } = made()
  let stop: (reason: Error) => void = () => {}
  const op = {
    onAbort(listener: (reason: never) => void) {
      stop = listener as typeof stop
      return () => {}
    },
  }
  const asking = failureOf(forwards.listen({ host: '', port: 80 }, () => {}, op))
  stop(new Error('enough'))
  expect((await asking).message).toBe('enough')
  answer(false)
  expect(sent.map((packet) => packet.includes('cancel-tcpip-forward'))).toEqual([false, true])
})

test('a connection that is gone answers a cancel as well', async () => {
  const { forwards, answer, waits } = made()
  const asking = forwards.listen({ host: '', port: 80 }, () => {}, patient)
  answer(false)
  const listening = await asking
  const cancelled = listening.cancel()
  waits.fail()
  expect(await cancelled).toBeUndefined()
})
