// What the program of @net/smtp talks to.
import { startSmtpServer } from '@net/smtp/testing'

export async function serve(resources: AsyncDisposableStack): Promise<string[]> {
  return [resources.use(await startSmtpServer()).url]
}
