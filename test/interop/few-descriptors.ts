// Runs with few descriptors: connects more often than it has some, then serves more clients than it has some, and says how it
// went. Its parent says by a line on its input when the clients are gone.
import { isNetError } from '@net/core'
import { connect, listen } from '@net/socket'

const [echo = ''] = process.argv.slice(2)

const calls = await Promise.allSettled(Array.from({ length: 200 }, () => connect(echo)))
const failures = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []))
const codes = new Set(failures.map((error) => isNetError(error) && `${error.code} ${error.retry}`))
for (const call of calls) if (call.status === 'fulfilled') await call.value.close()
const again = await connect(echo)
await again.write('again\n')
const answer = await again.readLine()
await again.close()
console.log(JSON.stringify({ failed: failures.length > 0, codes: [...codes], answer }))

const server = await listen(
  'tcp://127.0.0.1:0',
  async (connection) => {
    for await (const line of connection.lines()) await connection.write(`${line}\n`)
  },
  { onError: () => {} },
)
console.log(server.url)
process.stdin.once('data', () => void server.close().then(() => process.stdin.destroy()))
