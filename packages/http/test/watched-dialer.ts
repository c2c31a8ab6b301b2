/* A dialer of TCP that shows each transport to the test, before the client gets it. */

import { tcpDialer, type Dialer, type Transport } from '@net/socket'

export function watched(watch: (transport: Transport) => void): Dialer {
  const tcp = tcpDialer()
  return {
    name: 'watched',
    async dial(endpoint, options) {
      const transport = await tcp.dial(endpoint, options)
      watch(transport)
      return transport
    },
  }
}
