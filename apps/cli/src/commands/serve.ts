/* `net serve`: a server for tests on this machine, for programs in any language. */

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Call, CommandRun } from '../call.ts'
import { createCertificateFiles, type CertificateFiles } from '../serve/certificate-files.ts'
import { delayFault } from '../serve/fault.ts'
import { armFaults, refuseUntaken, serverKinds, type ServeOptions } from '../serve/servers.ts'
import { UsageError } from '../usage-error.ts'

/** Prints one line of JSON with the URL, and serves until it is ended. */
export const serve: CommandRun = async (call) => {
  const { args, options, output, signal } = call
  const [name = '', folder] = args
  const kind = Object.hasOwn(serverKinds, name) ? serverKinds[name] : undefined
  if (kind === undefined) {
    throw new UsageError(`${name} is no kind of server: ${Object.keys(serverKinds).join(', ')}`)
  }
  const { login: users, tls, like } = options
  refuseUntaken(name, { folder, users, tls, like })
  await refuseNoFolder(folder)
  await using certificate = tls === true ? await createCertificateFiles() : undefined
  await using served = await kind.start(serveOptions(call, folder, certificate))
  armFaults(served, kind, options.fail ?? [])
  if (options.delay !== undefined) served.fail(delayFault(options.delay))
  const ca = certificate === undefined ? {} : { ca: certificate.caFile }
  await output.bytes(`${JSON.stringify({ type: 'serving', kind: name, ...served.about, ...ca })}\n`)
  await new Promise<void>((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
  throw signal.reason
}

/** Throws `UsageError` if the folder does not exist: the server would start, and answer that every file is missing. */
async function refuseNoFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) throw new UsageError(`${folder} is no folder`)
}

function serveOptions(
  { options }: Call,
  folder: string | undefined,
  certificate: CertificateFiles | undefined,
): ServeOptions {
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    users: options.login === undefined ? undefined : usersOf(options.login),
    tls: certificate && { cert: certificate.cert, key: certificate.key },
    like: options.like,
  }
}

/** Passwords of a server for tests are no secrets. */
function usersOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((each) => {
      const colon = each.indexOf(':')
      if (colon < 1) throw new UsageError(`--user ${each}: give name:password`)
      return [each.slice(0, colon), each.slice(colon + 1)]
    }),
  )
}
