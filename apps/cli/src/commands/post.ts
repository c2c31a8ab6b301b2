/* `net post`: sends data to a URL, and prints or saves the answer. */

import { webAddress } from '../address.ts'
import type { CommandRun } from '../call.ts'
import { Session } from '../session.ts'
import { fetchDocument } from '../web/fetching.ts'
import { requestBody } from '../web/request.ts'

/** One request with a body. */
export const post: CommandRun = async (call) => {
  const { url } = webAddress(call.args[0] ?? '')
  const body = await requestBody(call)
  await using session = new Session(call)
  await fetchDocument(call, session, { method: call.options.request ?? 'POST', url, body })
  return 0
}
