/* The two ends of a forward in the SSH bench: `send BYTES` serves so many to each that connects, `read PORT BYTES` reads them. */

import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

const [verb, first = '', second = ''] = process.argv.slice(2)
if (verb === 'send') await send(Number(first))
else await read(Number(first), Number(second))

async function send(size: number): Promise<void> {
  const piece = Buffer.alloc(256 * 1024)
  const server = createServer((socket) => {
    let left = size
    const more = (): void => {
      while (left > 0) {
        left -= piece.length
        if (!socket.write(piece)) return
      }
      socket.end()
    }
    socket.on('drain', more).on('error', () => {})
    more()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

async function read(port: number, size: number): Promise<void> {
  let left = size
  const socket = connect(port, '127.0.0.1')
  socket.on('data', (chunk) => (left -= chunk.length))
  await once(socket, 'close')
  process.exit(left === 0 ? 0 : 1)
}
