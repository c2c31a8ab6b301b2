import { expect, test } from 'vitest'

import { extendedAddress, portAddress } from '../../src/testing/active-address.ts'

test('an address of PORT and of EPRT', () => {
  expect(portAddress('127,0,0,1,195,80')).toEqual({ host: '127.0.0.1', port: 50_000 })
  expect(extendedAddress('|1|127.0.0.1|50000|')).toEqual({ host: '127.0.0.1', port: 50_000 })
  expect(extendedAddress('|2|::1|50000|')).toEqual({ host: '::1', port: 50_000 })
})

test('[H-FTP-26] ports of services, and what is no address, are refused', () => {
  for (const given of ['127,0,0,1,0,80', '127,0,0,1', '', '1,2,3,4,5,six']) {
    expect(portAddress(given)).toBeUndefined()
  }
  for (const given of ['|1|127.0.0.1|80|', '|1|127.0.0.1|70000|', '', '1|127.0.0.1|50000']) {
    expect(extendedAddress(given)).toBeUndefined()
  }
})
