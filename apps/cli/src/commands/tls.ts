/* `net tls`: the certificates of a server, and whether they are trusted. */

import type { X509Certificate } from 'node:crypto'

import { isNetError } from '@net/core'
import { connect, fetchCertificates } from '@net/socket'

import type { Call, CommandRun } from '../call.ts'
import { callOptions, tlsOptions } from '../connect-options.ts'
import { exitCodeOf } from '../exit-code.ts'
import { errorEvent, messageOf } from '../output/error-page.ts'
import { Session } from '../session.ts'

/** The chain, then the verdict; exit code 5 if it is not trusted. */
export const tls: CommandRun = async (call) => {
  const { options, output } = call
  const url = `tls://${(call.args[0] ?? '').replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')}`
  await using session = new Session(call)
  const road = await session.road()
  const name = options.servername === undefined ? {} : { servername: options.servername }
  const { signal, timeout } = callOptions(call)
  for (const [at, each] of (
    await fetchCertificates(withPort(url), { signal, timeout, ...road, ...name })
  ).entries()) {
    await printCertificate(call, at, each)
  }
  try {
    const trusted = { ...(await tlsOptions(call)), ...name }
    await using connection = await connect(withPort(url), {
      ...callOptions(call),
      ...road,
      tls: trusted,
    })
    const { protocol = '', cipher = '' } = connection.info.tls ?? {}
    await output.result(
      { type: 'verdict', trusted: true, protocol, cipher },
      `trusted: ${protocol}, ${cipher}`,
    )
    return 0
  } catch (error) {
    if (!isNetError(error) || call.signal.aborted) throw error
    await output.result(
      { type: 'verdict', trusted: false, error: errorEvent(error) },
      `not trusted: ${messageOf(error)}`,
    )
    return exitCodeOf(error)
  }
}

async function printCertificate({ output }: Call, at: number, of: X509Certificate): Promise<void> {
  const { subject, issuer, validFrom, validTo, subjectAltName, fingerprint256, serialNumber } = of
  const fields = {
    subject,
    issuer,
    validFrom,
    validTo,
    subjectAltName,
    fingerprint256,
    serialNumber,
  }
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([key, value]) => `   ${key.padEnd(15)} ${output.name(String(value).replaceAll('\n', ', '))}`,
    )
  await output.result({ type: 'certificate', at, ...fields }, [`${at}:`, ...lines].join('\n'))
}

function withPort(url: string): string {
  return /:\d+$/.test(url) ? url : `${url}:443`
}
