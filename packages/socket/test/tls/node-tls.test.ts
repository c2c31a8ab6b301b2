import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { isTlsSocket, nodeCrypto, nodeTls } from '../../src/tls/node-tls.ts'

test('the modules are those of Node', () => {
  expect(nodeTls().TLSSocket).toBe(TLSSocket)
  expect(nodeCrypto().createHash).toBe(createHash)
})

test('a socket of TLS is told from others', () => {
  const plain = new Socket()
  const secure = new TLSSocket(plain)
  expect([isTlsSocket(plain), isTlsSocket(secure)]).toEqual([false, true])
  expect(isTlsSocket({ encrypted: true })).toBe(false)
  secure.destroy()
})

test('importing the package loads no TLS', async () => {
  const source = process.env['NET_TEST_PACKED'] === undefined ? ['--conditions=@net/source'] : []
  const program = `
    await import('@net/socket')
    console.log(process.moduleLoadList.includes('NativeModule tls'))`
  const args = [...source, '--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: import.meta.dirname,
  })
  expect(stdout.trim()).toBe('false')
})
