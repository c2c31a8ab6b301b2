import { createCertificates, startEchoServer } from '@net/socket/testing'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { net, temporaryFolder } from '../net.ts'

it('shows the chain of a server, and whether it is trusted', async () => {
  using folder = temporaryFolder()
  const ca = join(folder.path, 'ca.pem')
  const authority = createCertificates()
  writeFileSync(ca, authority.ca)
  await using server = await startEchoServer({ tls: authority.issue() })
  const untrusted = await net(['tls', server.url])
  expect(untrusted.code).toBe(5)
  expect(untrusted.out).toMatch(/^0:\n {3}subject/)
  expect(untrusted.out).toMatch(/^not trusted: .*--cacert|^not trusted: /m)
  const trusted = await net(['tls', server.url, '--cacert', ca])
  expect(trusted).toMatchObject({ code: 0, out: expect.stringMatching(/^trusted: TLSv1\.3, /m) })
  const { events } = await net(['tls', '--json', server.url])
  expect(events.at(-1)).toMatchObject({
    type: 'verdict',
    trusted: false,
    error: { code: 'NET_TLS_CERT_UNTRUSTED' },
  })
})
