// What the program ftp-tls talks to.
import { startFtpServer } from '@net/ftp/testing'
import { createCertificates } from '@net/socket/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const authority = createCertificates()
  const tls = authority.issue({ names: ['127.0.0.1'] })
  const server = await startFtpServer({ users: { ada: 'lovelace' }, tls, requireTls: true })
  return [resources.use(server).url, authority.ca]
}
