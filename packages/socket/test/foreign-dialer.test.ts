import { connect, type Dialer } from '@net/socket'
import { expect, test } from 'vitest'

function dialing(dial: () => unknown): Promise<unknown> {
  const dialer = { name: 'mine', dial } as unknown as Dialer
  return connect('tcp://host:1', { dialer, retry: false })
}

test('what a dialer of the caller throws passes as it is', async () => {
  const mine = new TypeError('my own mistake')
  await expect(dialing(() => Promise.reject(mine))).rejects.toBe(mine)
  const thrown = dialing(() => {
    throw mine
  })
  await expect(thrown).rejects.toBe(mine)
})

test('a failure of the system is told as one of ours', async () => {
  const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  await expect(dialing(() => Promise.reject(refused))).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
  })
})

test('a dialer that gives no transport is told so', async () => {
  for (const given of [undefined, 1, {}]) {
    await expect(dialing(() => given)).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('what the dialer mine gives must be a transport'),
    })
  }
})
