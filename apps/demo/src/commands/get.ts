/* `demo get`: fetches a URL and prints the body, or saves it with `-o`. */

import { parseArgs } from 'node:util'

import { isAbort, isNetError } from '@net/core'
import * as http from '@net/http'

import { bytesText, progressLine, type Screen } from '../progress-line.ts'

/** Where a command writes: the document to `out`, everything about it to `messages`. */
export interface CommandStreams {
  readonly out: Screen
  readonly messages: Screen
}

/** Runs the command; returns the exit code: 0, 1 if the fetch failed, 2 if the arguments are wrong. */
export async function getCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const parsed = readArgs(args)
  if (parsed === undefined) {
    streams.messages.write('usage: demo get <url> [-o <file>]\n')
    return 2
  }
  const interrupted = new AbortController()
  const onInterrupt = (): void => interrupted.abort('interrupted')
  process.once('SIGINT', onInterrupt)
  try {
    await fetchTo(parsed, streams, interrupted.signal)
    return 0
  } catch (error) {
    if (!isNetError(error)) throw error
    streams.messages.write(`${error.message}\n`)
    return isAbort(error) ? 130 : 1
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

interface GetArgs {
  readonly url: string
  readonly file: string | undefined
}

function readArgs(args: readonly string[]): GetArgs | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { output: { type: 'string', short: 'o' } },
    })
    const [url, ...more] = positionals
    return url === undefined || more.length > 0 ? undefined : { url, file: values.output }
  } catch (error) {
    // What parseArgs throws says only that the arguments are wrong; the usage says how they are right.
    if (error instanceof TypeError) return undefined
    throw error
  }
}

async function fetchTo(
  { url, file }: GetArgs,
  streams: CommandStreams,
  signal: AbortSignal,
): Promise<void> {
  const line = progressLine(streams.messages, file ?? 'received')
  const pending = http.get(url, { signal, onProgress: (progress) => line.onProgress(progress) })
  const response = await pending
  streams.messages.write(
    `${response.status} ${response.statusText} ${response.headers.get('content-type') ?? ''}\n`,
  )
  const sink =
    file === undefined ? (chunk: Uint8Array) => void streams.out.write(chunk) : http.toFile(file)
  const size = await response.saveTo(sink)
  line.done()
  if (file !== undefined) streams.messages.write(`saved ${bytesText(size)} to ${file}\n`)
}
