/*
 * A port for the test of a program that cannot listen on port 0 and report the port.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that is free at this moment. Nothing holds it: where the program can listen on port 0 that
 * is the better way.
 */
export async function freePort(protocol: 'tcp' | 'udp' = 'tcp'): Promise<number> {
  const socket = protocol === 'udp' ? createSocket('udp4') : createServer()
  const listening = once(socket, 'listening')
  if ('bind' in socket) socket.bind(0, '127.0.0.1')
  else socket.listen(0, '127.0.0.1')
  await listening
  const address = socket.address() as { readonly port: number }
  const closed = once(socket, 'close')
  socket.close()
  await closed
  return address.port
}
