import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { tcpDialer } from '@net/socket'
import { memoryPair } from '@net/socket/testing'

import { PassiveListener, receiveData, sendData } from '../../src/testing/data-channel.ts'

test('waits for one connection and no other', async () => {
  const dialer = tcpDialer()
  const passive = await PassiveListener.open(dialer, '127.0.0.1')
  const accepted = passive.accept()
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: passive.port }
  const ours = await dialer.dial(endpoint)
  const theirs = await accepted
  await expect(dialer.dial(endpoint)).rejects.toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  ours.abort()
  theirs?.abort()
})

test('does not wait for ever', async () => {
  using clock = useFakeClock()
  const passive = await PassiveListener.open(tcpDialer(), '127.0.0.1')
  const accepted = passive.accept()
  await clock.advance(10_000)
  expect(await accepted).toBeUndefined()
})

test('sends and receives everything', async () => {
  const [here, there] = memoryPair()
  const bytes = Buffer.alloc(200_000, 7)
  const [sent, received] = await Promise.all([
    sendData(here, bytes, undefined),
    receiveData(there, undefined),
  ])
  expect(sent.whole && received.whole).toBe(true)
  expect(Buffer.from(received.bytes).equals(bytes)).toBe(true)
})

test.each(['reset', 'drop', 'half-close', { reply: '426 No' }] as const)(
  'stops after so many bytes with %o',
  async (what) => {
    const [here, there] = memoryPair()
    const fault = { after: 5, do: what }
    const [sent, received] = await Promise.all([
      sendData(here, Buffer.from('0123456789'), fault),
      receiveData(there, undefined),
    ])
    expect(sent).toMatchObject({ whole: false, struck: what })
    expect(received.whole).toBe(what !== 'reset')
    if (what !== 'reset') expect(Buffer.from(received.bytes).toString()).toBe('01234')
  },
)

test('garbage and delays come in between', async () => {
  using clock = useFakeClock()
  const [here, there] = memoryPair()
  const sending = sendData(here, Buffer.from('0123456789'), { after: 5, do: { delay: 1000 } })
  const receiving = receiveData(there, undefined)
  await clock.advance(1000)
  expect((await sending).whole).toBe(true)
  expect(Buffer.from((await receiving).bytes).toString()).toBe('0123456789')
  const [a, b] = memoryPair()
  void sendData(a, Buffer.from('01'), { after: 1, do: 'garbage' })
  expect((await receiveData(b, undefined)).bytes.length).toBe(66)
})
