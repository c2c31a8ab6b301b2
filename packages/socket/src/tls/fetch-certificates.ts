/* The certificates that a server shows, without trust in them: to look at, to compare, or to pin. */

import type { X509Certificate } from 'node:crypto'

import { netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { connect, type ConnectOptions } from '../connect.ts'
import { roadOption } from '../road-options.ts'

/** Options of `fetchCertificates`. */
export interface FetchCertificatesOptions extends Pick<
  ConnectOptions,
  'signal' | 'timeout' | 'dialer' | 'proxy' | 'block' | 'log'
> {
  /** The name to ask for by SNI; default the host. */
  readonly servername?: string | undefined
}

/**
 * The chain that the server at `tls://host:port` sends, its own certificate first, whoever it comes from: nothing is sent over the connection, and
 * nothing verified. `publicKeyPin` makes a pin of a certificate. Kind of call: session. Rejects as `connect`.
 */
export async function fetchCertificates(
  url: string | URL,
  options?: FetchCertificatesOptions,
): Promise<readonly X509Certificate[]> {
  const { servername, ...road } = fetchDoor(options)
  const tls = {
    dangerouslySkipVerification: true,
    ...(servername === undefined ? {} : { servername }),
  }
  const connection = await connect(url, { ...road, tls })
  const chain = connection.info.tls?.chain
  connection.abort()
  if (chain !== undefined) return chain
  throw netError('NET_BAD_URL', { message: 'only a server of tls:// has certificates' })
}

const fetchDoor: OptionsDoor<FetchCertificatesOptions> = optionsDoor<FetchCertificatesOptions>(
  { protocol: 'socket', call: 'fetchCertificates' },
  {
    signal: option.signal,
    timeout: option.timeout,
    dialer: roadOption.dialer,
    proxy: roadOption.proxy,
    block: roadOption.block,
    log: option.log,
    servername: option.text,
  },
)
