/* The way into the package. Sockets, TLS and the client are loaded by the first connection, so that importing costs little. */

import type { FtpClient } from './client.ts'
import type { FtpConnectOptions } from './client-options.ts'

/**
 * Connects to `ftp://user@host:21/folder` or `ftps://…` and logs in; a session, whose phases are `greeting`, `tls`,
 * `auth` and `command` after those of the dial. Rejects with `NET_TLS_UNAVAILABLE` before a password would be told in
 * clear, `NET_AUTH_REJECTED`, the codes of dialing and TLS, and `NET_BAD_URL` or `NET_BAD_OPTION` before anything is done.
 */
export async function connect(url: string | URL, options?: FtpConnectOptions): Promise<FtpClient> {
  const { establish } = await import('./establish.ts')
  return establish(url, options)
}
