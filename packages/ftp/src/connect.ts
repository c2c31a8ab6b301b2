/* The way into the package. Sockets, TLS and the client are loaded by the first connection, so importing costs little. */

import { lazyModule } from '@net/core/authoring'

import type { FtpConnectOptions } from './client-options.ts'
import type { FtpClient } from './ftp-client.ts'

/**
 * Connects to `ftp://user@host:21/folder` or `ftps://…` and logs in (RFC 959, 4217); a session, whose phases are
 * `greeting`, `tls`, `auth` and `command` after those of the dial. Rejects with `NET_TLS_UNAVAILABLE` instead of sending
 * a password without TLS, with `NET_AUTH_REJECTED` for a wrong password, with `NET_REPLY_TEMPORARY` if the server is
 * full, with the codes of dialing and TLS, and with `NET_BAD_URL` or `NET_BAD_OPTION` before a byte is sent.
 */
export async function connect(url: string | URL, options?: FtpConnectOptions): Promise<FtpClient> {
  // Kept, so that every later call begins at once: its limits and its signal hold from then on.
  loaded ??= await establishing()
  return loaded.establish(url, options)
}

const establishing = /* @__PURE__ */ lazyModule(() => import('./establish.ts'))
let loaded: typeof import('./establish.ts') | undefined
