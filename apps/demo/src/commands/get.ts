/* `demo get`: fetches a URL and prints the body, or saves it with `-o`. */

import * as http from '@net/http'

import { bytesText, progressLine } from '../progress-line.ts'
import { readArguments, runCommand, type CommandStreams } from './command.ts'

const USAGE = 'usage: demo get <url> [-o <file>]'

/** Runs the command; returns the exit code: 0, 1 if the fetch failed, 2 if the arguments are wrong. */
export async function getCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const { messages } = streams
  const parsed = readArguments(
    args,
    { output: { type: 'string', short: 'o' } },
    { messages, usage: USAGE },
  )
  if (parsed === undefined) return 2
  const [url, ...more] = parsed.positionals
  if (url === undefined || more.length > 0) {
    messages.write(`${USAGE}\n`)
    return 2
  }
  return runCommand(streams, (signal) => fetchTo(url, parsed.values.output, { ...streams, signal }))
}

async function fetchTo(
  url: string,
  file: string | undefined,
  { out, messages, signal }: CommandStreams & { readonly signal: AbortSignal },
): Promise<number> {
  const line = progressLine(messages, file ?? 'received')
  const response = await http.get(url, {
    signal,
    onProgress: (progress) => line.onProgress(progress),
  })
  const type = response.headers.get('content-type') ?? ''
  messages.write(`${response.status} ${response.statusText} ${type}\n`)
  const size = await response.saveTo(file === undefined ? out : http.toFile(file))
  line.done()
  if (file !== undefined) messages.write(`saved ${bytesText(size)} to ${file}\n`)
  return 0
}
