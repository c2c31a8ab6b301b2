// What the program of @net/ftp talks to.
import { startFtpServer } from '@net/ftp/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  return [resources.use(await startFtpServer({ files: { '/file.txt': 'done' } })).url]
}
