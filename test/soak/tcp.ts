// Connections in a soak: what is echoed is what was sent, in clear and under TLS.
import assert from 'node:assert/strict'

import { connect } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'

import type { Worker, Workload } from './workload.ts'

/** Raw connections. */
export const tcp: Workload = {
  name: 'tcp',
  workers: 6,
  async open({ certificates }) {
    const plain = await startEchoServer({ onError: () => {} })
    const sealed = await startEchoServer({ onError: () => {}, tls: certificates.issue() })
    const tls = { ca: certificates.ca }
    return {
      get connections() {
        return plain.connections.size + sealed.connections.size
      },
      async work(worker) {
        const isSealed = worker.random.chance(0.5)
        const { url } = isSealed ? sealed : plain
        await worker.attempt('tcp echo', async (call) => {
          const dialer = worker.road(isSealed)
          await using connection = await connect(url, { ...call, dialer, tls })
          for (let round = 0; round < 4; round++) {
            const sent = worker.random.bytes(worker.random.size(100_000))
            const written = connection.write(sent, call)
            const received = await connection.readExactly(sent.length, call)
            assert.ok(Buffer.from(sent).equals(received), `${sent.length} bytes came back changed`)
            await written
          }
          await goodbye(worker, connection, call)
        })
      },
      async [Symbol.asyncDispose]() {
        await Promise.all([plain.close(), sealed.close()])
      },
    }
  },
}

async function goodbye(
  { random }: Worker,
  connection: Awaited<ReturnType<typeof connect>>,
  call: Parameters<typeof connection.readText>[0],
): Promise<void> {
  const words = `goodbye ${random.below(1_000_000)}`
  await connection.write(words, call)
  await connection.end(call)
  // Asked for by length: for a line, the end of a peer that has sent nothing would be no error.
  const echoed = await connection.readExactly(words.length, call)
  assert.equal(Buffer.from(echoed).toString(), words)
  assert.equal(await connection.read(call), null)
}
