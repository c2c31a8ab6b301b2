// Sends a word to an echo server, and prints what comes back.
import { connect } from '@net/socket'

async function main(url = '', timeout?: number, signal?: AbortSignal): Promise<void> {
  const connection = await connect(url, { timeout, signal })
  await connection.write('done')
  await connection.end()
  console.log(await connection.readText())
  await connection.close()
}

void main(process.argv[2])
