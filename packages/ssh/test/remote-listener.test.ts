import { expect, test } from 'vitest'

import { connect as dial, listen } from '@net/socket'
import { startSshServer } from '@net/ssh/testing'

import { RemoteListener } from '../src/remote-listener.ts'
import { failureOf, logInTo } from './embedded.ts'

test('[SSH-48] whatever listens may listen on the server', async () => {
  await using server = await startSshServer()
  await using host = await logInTo(server)
  const handler = async (
    connection: Parameters<Parameters<typeof listen>[1]>[0],
  ): Promise<void> => {
    const { info } = connection
    await connection.write(`${info.encrypted} ${info.hops.map(({ kind }) => kind).join()}`)
  }
  const service = await listen('tcp://127.0.0.1:0', handler, { dialer: host.dialer })
  await using connection = await dial(service.url)
  expect(await connection.readText()).toBe('true ssh')
  await service.close()
  expect(await failureOf(dial(service.url))).toMatchObject({ code: 'NET_CONNECT_REFUSED' })
  expect(RemoteListener.name).toBe('RemoteListener')
})

test('connections that are not accepted are reset, and a listener ends with its connection', async () => {
  await using server = await startSshServer()
  const host = await logInTo(server)
  const listener = await host.dialer.listen?.({ scheme: 'tcp', host: '127.0.0.1', port: 0 })
  const { port } = listener?.address ?? { port: 0 }
  await using connection = await dial(`tcp://127.0.0.1:${port}`)
  await connection.write('a')
  await host.close({ grace: 0 })
  expect(await listener?.accept()).toBeNull()
  expect(await connection.readAll().catch(() => 'cut')).toSatisfy(
    (left) => left === 'cut' || (left as Uint8Array).length === 0,
  )
})
