/*
 * To what a TLS session belongs: it is found again only under the same name, port, road and TLS options, so that no check is
 * passed over that the first handshake did not make.
 */

import type { ConnectionInfo } from '../transport.ts'
import { nodeCrypto } from './node-tls.ts'
import type { TlsOptions } from './options.ts'

/** Under what the sessions with a server are kept: all that decides which checks a handshake makes. */
export function sessionKey(
  { endpoint, hops }: ConnectionInfo,
  name: string,
  tls: TlsOptions,
): string {
  const hash = nodeCrypto().createHash('sha256')
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env
  hash.update(JSON.stringify([name, endpoint, hops, SSL_CERT_FILE, SSL_CERT_DIR]))
  for (const option of Object.keys(tls).toSorted()) {
    if (NO_CHECKS.has(option)) continue
    for (const part of [Reflect.get(tls, option)].flat() as unknown[]) {
      const bytes = part instanceof Uint8Array ? part : Buffer.from(String(part))
      hash.update(`${option} ${bytes.length} `).update(bytes)
    }
  }
  return hash.digest('base64')
}

/** What has no part in any check; the passphrase is secret, and its key counts. */
const NO_CHECKS: ReadonlySet<string> = new Set(['session', 'keyLog', 'passphrase'])
