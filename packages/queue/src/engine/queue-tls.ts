/* How TLS is spoken with a Redis server. */

import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import { option, optionsObject, shape, type Shape, type Taken } from '@net/core/authoring'

/** Options of TLS for a queue on Redis. Certificates are verified unless the option that says otherwise is set. */
export interface QueueTls {
  /** The authorities to trust, and no others, in PEM. */
  readonly ca?: string | readonly string[] | undefined
  /** Our certificate in PEM, followed by its intermediates, for a server that asks for one. */
  readonly cert?: string | undefined
  /** The key of `cert`, in PEM. */
  readonly key?: string | undefined
  /** The name to ask for and to verify. Default the host of the URL. */
  readonly servername?: string | undefined
  /** Accepts every certificate, so that an attacker on the network can read and change everything. Default false. */
  readonly dangerouslySkipVerification?: boolean | undefined
}

const pem: Shape<string> = shape(
  'a text in PEM',
  (value) => typeof value === 'string' && value.includes('-----BEGIN '),
)

/** The shape of these options. */
export const queueTls: Shape<Taken<QueueTls>> = optionsObject<QueueTls>({
  ca: option.oneOrMore(pem),
  cert: pem,
  key: pem,
  servername: option.text,
  dangerouslySkipVerification: option.flag,
})

/** What Node's TLS takes, for that host. */
export function nodeTls(host: string, tls: QueueTls = {}): ConnectionOptions {
  const { ca, cert, key, servername, dangerouslySkipVerification = false } = tls
  const name = servername ?? (isIP(host) === 0 ? host : undefined)
  return {
    ...(ca === undefined ? {} : { ca: [ca].flat() }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(name === undefined ? {} : { servername: name }),
    ...(dangerouslySkipVerification ? { rejectUnauthorized: false } : {}),
  }
}
