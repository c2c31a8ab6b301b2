// What the program sftp talks to.
import { startSftpServer } from '@net/ssh/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  const server = resources.use(await startSftpServer())
  return [server.url, server.ssh.hostKey.fingerprint]
}
