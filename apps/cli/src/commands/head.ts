/* `net head`: what a server says of a document, without the document. */

import { addressOf } from '../address.ts'
import type { CommandRun } from '../call.ts'
import { Session } from '../session.ts'
import { UsageError } from '../usage-error.ts'
import { fieldsOf, printHead } from '../web/answer.ts'
import { answer, printRequest } from '../web/fetching.ts'
import { entryEvent, entryLine } from './entry-text.ts'

/** Status and header fields over HTTP; type, size and time over FTP and SFTP. */
export const head: CommandRun = async (call) => {
  const address = addressOf(call.args[0] ?? '')
  await using session = new Session(call)
  if (address.kind === 'http') {
    const wish = { method: call.options.request ?? 'HEAD', url: address.url }
    if (call.options.dryRun === true) {
      await printRequest(call, session, wish)
      return 0
    }
    await using response = await answer(call, session, { wish })
    const { status, url } = response
    if (!call.output.json) await printHead(call, response)
    await call.output.event({ type: 'response', status, url, headers: fieldsOf(response) })
    return 0
  }
  if (address.kind === 'stream') throw new UsageError('- has no meaning here')
  const { files, path } = await session.place(address)
  const entry = await files.stat(path, { follow: true, signal: call.signal })
  await call.output.result(
    { ...entryEvent(entry, address), type: 'entry' },
    entryLine(entry, call.output.name(entry.name)),
  )
  return 0
}
