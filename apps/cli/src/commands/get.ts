/* `net get`: fetches documents, to standard output or into files. */

import { existsSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'

import { isNetError, toFile } from '@net/core'
import { netError } from '@net/core/authoring'
import type { FtpClient } from '@net/ftp'
import type { SftpClient } from '@net/ssh'

import { addressOf, type Address, type ServerAddress } from '../address.ts'
import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { ProgressView } from '../output/progress-view.ts'
import { tellError } from '../output/error-page.ts'
import { isWhole, takeTime, tellSaved, type ToldFile } from '../saved-file.ts'
import { Session } from '../session.ts'
import { refuseOneName } from './one-name.ts'
import { UsageError } from '../usage-error.ts'
import { contentOf } from '../web/answer.ts'
import { fetchDocument } from '../web/fetching.ts'

/** Each URL in its turn; one that fails changes the exit code, and the others are fetched all the same. */
export const get: CommandRun = async (call) => {
  const { args, options, signal, output } = call
  if (args.length > 1 && options.output !== undefined && options.output !== '-') {
    throw new UsageError('-o names one file, and there are several URLs: give -O')
  }
  const addresses = args.map(remoteAddress)
  if (options.save === true) refuseOneName(addresses)
  await using session = new Session(call)
  const codes: number[] = []
  const saved = new Set<string>()
  for (const address of addresses) {
    try {
      await fetchOne(call, session, address, saved)
      codes.push(0)
    } catch (error) {
      if (addresses.length === 1 || signal.aborted) throw error
      codes.push(await tellError(error, `get ${address.given}`, output))
    }
  }
  return exitCodeOfAll(codes)
}

function remoteAddress(given: string): Address {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return addressOf(given)
  throw new UsageError(`${given} has no protocol: give https://${given}, or another`)
}

async function fetchOne(
  call: Call,
  session: Session,
  address: Address,
  saved: Set<string>,
): Promise<void> {
  if (address.kind === 'http') {
    const method = call.options.request ?? 'GET'
    return fetchDocument(call, session, { method, url: address.url, saved })
  }
  if (address.kind === 'stream' || address.kind === 'local') {
    throw new UsageError(`${address.given} is no URL of a server: cat prints files`)
  }
  return fetchFile(call, session, address)
}

async function fetchFile(call: Call, session: Session, address: ServerAddress): Promise<void> {
  const { options, output, signal } = call
  const target = options.save === true ? address.path.split('/').at(-1) : options.output
  if (options.dryRun === true) {
    const as = target === undefined ? '' : ` as ${target}`
    const event = { type: 'request', method: 'GET', url: address.given }
    return output.result(event, output.name(`get ${address.given}${as}`))
  }
  if (target !== undefined && target !== '-') return saveFile(call, session, { address, target })
  const { files, path } = await session.place(address)
  const chunks = files.read(path, { signal })
  if (!output.json) return output.contents(chunks)
  const content = contentOf(await buffer(chunks))
  return output.event({ type: 'file', url: address.given, ...content })
}

async function saveFile(
  call: Call,
  session: Session,
  { address, target }: { readonly address: ServerAddress; readonly target: string },
): Promise<void> {
  const { options, output, io, signal } = call
  const resume = options.resume === true
  const isKept = options.force !== true && existsSync(target)
  if (isKept && !resume) refuseToReplace(call, target)
  const client = await session.client(address)
  const path = address.root === '/' ? `/${address.path}` : address.path
  const told = await toldBy(client, path, signal)
  const url = address.given
  if (isKept && (await isWhole(target, told))) {
    return tellSaved(call, { file: target, size: told.size ?? 0, url, isOld: true })
  }
  if (isKept) refuseToReplace(call, target)
  const lines = options.progress === true
  const view = new ProgressView(io.stderr, output, { label: target, lines })
  const { size } = await client
    .download(path, toFile(target, { keepPart: true }), {
      signal,
      resume,
      onProgress: view.onProgress,
    })
    .finally(() => view.done())
  await takeTime(target, told)
  await tellSaved(call, { file: target, size, url })
}

/** What was named with -o is meant to be there afterwards, whatever was there before. */
function refuseToReplace({ options }: Call, target: string): void {
  if (options.save !== true) return
  throw netError('NET_EXISTS', { message: `${target} is there already: --force replaces it` })
}

/** What the server tells of the file before it is fetched; why it tells nothing, the download says. */
async function toldBy(
  client: FtpClient | SftpClient,
  path: string,
  signal: AbortSignal,
): Promise<ToldFile> {
  try {
    const size = await client.size(path, { signal })
    return { size, modified: await client.modified(path, { signal }) }
  } catch (error) {
    if (signal.aborted || !isNetError(error)) throw error
    return {}
  }
}
