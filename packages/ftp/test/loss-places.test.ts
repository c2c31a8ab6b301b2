import { expect, test } from 'vitest'

import { netError } from '@net/core/authoring'
import { lossOf } from '@net/socket/authoring'

import { controlLoss, dataLoss } from '../src/loss-places.ts'

test('a loss names the connection, and the phase only where data go one way', () => {
  const cause = netError('NET_CONN_RESET', { message: 'x', protocol: 'tcp', phase: 'receive' })
  const control = lossOf(cause, controlLoss)
  expect(control.message).toBe('the control connection was reset')
  expect(control.phase).toBeUndefined()
  expect(lossOf(cause, dataLoss)).toMatchObject({
    message: expect.stringContaining('the data connection was reset'),
    phase: 'receive',
  })
})
