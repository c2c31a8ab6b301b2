/* Where nobody listens. */

import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** An endpoint on loopback that was free a moment ago. */
export async function nobody(): Promise<{ scheme: string; host: string; port: number }> {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  return { scheme: 'tcp', host: '127.0.0.1', port }
}
