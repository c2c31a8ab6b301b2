// Our FTP client against ProFTPD with TLS, which refuses data connections that do not resume the session of their own control
// connection.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test, type TestContext } from 'vitest'

import { isNetError, type NetError } from '@net/core'
import { memoryFiles, mirror } from '@net/files'
import * as ftp from '@net/ftp'
import { tcpDialer, type Dialer } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

import { startProftpd, type FtpDaemon } from './ftp-daemons.ts'
import { testFolder } from './test-folder.ts'

const authority = createCertificates()
const versions = ['TLSv1.2', 'TLSv1.3'] as const

test.for(versions)(
  '[FTP-13] over six sessions in %s each data connection resumes the session of its own',
  async (version, context) => {
    await using daemon = await startSecured(context)
    await using partner = await logIn(daemon, version, { connections: 6, retry: false })
    expect(partner.info).toMatchObject({ encrypted: true, tls: { protocol: version } })
    const count = process.env['NET_SOAK'] === '1' ? 600 : 150
    const contents = Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`f${at}`, `${at}`]),
    )
    await partner.mkdir('many')
    const up = await mirror(memoryFiles({ contents }), partner.files('many'), { retry: false })
    expect(up).toMatchObject({ made: count, failed: 0 })
    const back = memoryFiles()
    const down = await mirror(partner.files('many'), back, { retry: false })
    expect(down).toMatchObject({ made: count, failed: 0 })
  },
)

test.for(versions)(
  'a session whose ticket of %s is too old is renewed once where sessions are replaced, and named elsewhere',
  async (version, context) => {
    await using daemon = await startSecured(context, ['TLSSessionCache internal: 2'])
    const road = tcpDialer()
    let logins = 0
    const dialer: Dialer = {
      ...road,
      dial(endpoint, options) {
        if (endpoint.port === Number(new URL(daemon.url).port)) logins++
        return road.dial(endpoint, options)
      },
    }
    await using renewed = await logIn(daemon, version, { dialer, reconnect: true })
    await using plain = await logIn(daemon, version)
    await renewed.writeFile('a', 'first')
    // Once the younger ticket is too old, the other one is as well.
    let refusal: NetError | undefined
    while (refusal === undefined)
      refusal = await refusalOf(plain.writeFile('b', 'x', { retry: false }))
    expect(refusal.message).toMatch(/session reuse.*reconnect/)
    expect(refusal.reply?.status).toBe(425)
    expect(logins).toBe(1)
    expect(await renewed.writeFile('a', 'second')).toMatchObject({ verified: true })
    expect(Buffer.from(await renewed.readFile('a')).toString()).toBe('second')
    expect(logins).toBe(2)
  },
)

function startSecured(context: TestContext, more: readonly string[] = []): Promise<FtpDaemon> {
  const { cert, key } = authority.issue()
  const folder = testFolder()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(certFile, cert)
  // One that others may read is refused.
  writeFileSync(keyFile, key, { mode: 0o600 })
  return startProftpd(context, [
    'LoadModule mod_tls.c',
    'TLSEngine on',
    'TLSRequired on',
    'TLSLog none',
    'TLSProtocol TLSv1.2 TLSv1.3',
    `TLSECCertificateFile ${certFile}`,
    `TLSECCertificateKeyFile ${keyFile}`,
    ...more,
  ])
}

function logIn(
  { url, user, password }: FtpDaemon,
  version: (typeof versions)[number],
  options: ftp.FtpConnectOptions = {},
): Promise<ftp.FtpClient> {
  const tls = { ca: authority.ca, minVersion: version, maxVersion: version }
  return ftp.connect(url, { user, password, tls, ...options })
}

async function refusalOf(call: Promise<unknown>): Promise<NetError | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (isNetError(error)) return error
    throw error
  }
}
