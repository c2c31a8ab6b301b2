import { tcpDialer, unixDialer } from '@net/socket'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

test('a dial refuses options that it does not have', async () => {
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: 1 }
  for (const dialer of [tcpDialer(), unixDialer()]) {
    const error = await failure(dialer.dial(endpoint, { localAdress: '127.0.0.1' } as object))
    expect([error.code, error.operation]).toEqual(['NET_BAD_OPTION', 'dial'])
    expect(error.message).toContain('did you mean localAddress?')
  }
})
