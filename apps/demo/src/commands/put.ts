/* `demo put`: uploads a file to an FTP server. */

import { basename } from 'node:path'

import { formatEndpoint, parseEndpoint } from '@net/core'
import * as ftp from '@net/ftp'

import { bytesText, progressLine } from '../progress-line.ts'
import { readArguments, runCommand, type CommandStreams } from './command.ts'
import { askedPassword } from './password.ts'

const USAGE = 'usage: demo put <file> ftp://[user@]host[:port]/[path]'

/** Runs the command; returns the exit code: 0, 1 if the upload failed, 2 if the arguments are wrong. */
export async function putCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const { messages } = streams
  const parsed = readArguments(args, {}, { messages, usage: USAGE })
  if (parsed === undefined) return 2
  const [file, url, ...more] = parsed.positionals
  if (file === undefined || url === undefined || more.length > 0) {
    messages.write(`${USAGE}\n`)
    return 2
  }
  return runCommand(streams, async (signal) => {
    const {
      endpoint,
      user,
      password,
      path = '',
    } = parseEndpoint(url, {
      schemes: ['ftp', 'ftps'],
      defaultPort: { ftp: 21, ftps: 990 },
    })
    // The slash after the host is no part of the path (RFC 1738 section 3.2.2).
    const named = path.slice(1)
    const target = named === '' || named.endsWith('/') ? `${named}${basename(file)}` : named
    const line = progressLine(messages, target)
    const server = `${endpoint.scheme}://${formatEndpoint(endpoint)}`
    await using partner = await ftp.connect(server, {
      signal,
      ...(user === undefined ? {} : { user, password: password ?? askedPassword }),
    })
    const { size } = await partner.upload(ftp.fromFile(file), target, {
      signal,
      onProgress: (progress) => line.onProgress(progress),
    })
    line.done()
    messages.write(`uploaded ${bytesText(size)} as ${target}\n`)
    return 0
  })
}
