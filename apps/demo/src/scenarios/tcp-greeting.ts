/* Scenario 1: a TCP server that greets, and a client that reads the greeting. */

import { connect, listen } from '@net/socket'

import { expectSame, type Scenario } from '../scenario.ts'

export const tcpGreeting: Scenario = {
  number: 1,
  title: 'TCP: a server that greets',
  transport: 'tcp',
  about:
    'A server on this machine says hello to all who connect. The client reads to the end, as text.',
  file: import.meta.url,
  async run(stage) {
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.write(GREETING)
    })
    stage.sent(`connect ${server.url}`)
    const greeting = await example(server.url)
    stage.received(greeting)
    expectSame('the greeting', greeting, GREETING)
    return greeting.length
  },
}

async function example(url: string): Promise<string> {
  await using connection = await connect(url)
  return await connection.readText()
}

const GREETING = 'Hello from server!'
