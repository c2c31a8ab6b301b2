// A TCP server that greets, and a client that reads the greeting.

import { connect, listen } from '@net/socket'

await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
  await connection.write('Hello from server!')
})

await using connection = await connect(server.url)
console.log(await connection.readText())
