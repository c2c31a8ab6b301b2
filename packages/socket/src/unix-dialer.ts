/* Over a Unix socket: the file, or a name of Linux's abstract namespace, is the address. */

import { stoppable } from '@net/core/authoring'
import { connectSocket } from './connect-socket.ts'
import { roadOperation } from './dial-operation.ts'
import { takeDialOptions, type Dialer } from './dialer.ts'
import { socketErrors } from './errors.ts'
import { socketInfo } from './socket-info.ts'
import { SocketTransport } from './socket-transport.ts'
import { listenAtPath } from './unix-listener.ts'
import { systemPath } from './system-path.ts'

/** Dials Unix sockets. The only phase is `connect`. */
export function unixDialer(): Dialer {
  return {
    name: 'unix',
    async dial(endpoint, given) {
      const options = takeDialOptions(given)
      const spec = { protocol: 'unix', operation: 'dial', endpoint, errors: socketErrors }
      return roadOperation(spec, options, (op) =>
        op.phase('connect', async () => {
          const { connected, cancel } = connectSocket({ path: systemPath(endpoint) })
          const socket = await stoppable(op, connected, cancel)
          return new SocketTransport(socket, {
            info: socketInfo(socket, endpoint),
            protocol: 'unix',
            isPlain: true,
          })
        }),
      )
    },
    listen: (endpoint, options) => listenAtPath(endpoint, takeDialOptions(options)),
  }
}
