import { connect } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

const certificates = createCertificates()
const { ca } = certificates

test('[SOCK-46] the chain that the peer has sent is known, its own certificate first', async () => {
  await using server = await startEchoServer({ tls: certificates.issue({ intermediate: true }) })
  await using connection = await connect(server.url, { tls: { ca } })
  const { tls } = connection.info
  expect(tls?.chain.map(({ ca: isAuthority }) => isAuthority)).toEqual([false, true, true])
  expect(tls?.chain[0]?.fingerprint256).toBe(tls?.certificate?.fingerprint256)
  expect(tls?.chain).toBe(tls?.chain)
})

test('[SOCK-43] the group of the key exchange is known', async () => {
  await using server = await startEchoServer({
    tls: { ...certificates.issue(), groups: ['P-384'] },
  })
  await using connection = await connect(server.url, { tls: { ca, groups: ['P-384', 'X25519'] } })
  expect(connection.info.tls?.group).toMatch(/384/)
})
