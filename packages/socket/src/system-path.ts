/* How the system writes the path of a Unix socket. */

import type { Endpoint } from '@net/core'
import { netError } from '@net/core/authoring'

/** The path for a system call: `@name` is an abstract name of Linux. Throws `NET_BAD_URL` for an endpoint without a path. */
export function systemPath(endpoint: Endpoint): string {
  const { path } = endpoint
  if (path === undefined) {
    throw netError('NET_BAD_URL', { message: 'a Unix socket needs a path, not a host' })
  }
  return path.startsWith('@') ? `\0${path.slice(1)}` : path
}
