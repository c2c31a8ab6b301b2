/* Scenario 1: a TCP server that greets, and a client that reads the greeting. */

import { connect, listen } from '@net/socket'

import { expectSame, type Scenario } from '../scenario.ts'

export const tcpGreeting: Scenario = {
  number: 1,
  title: 'TCP: a server greets, a client reads',
  transport: 'tcp',
  async run(stage) {
    await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
      await connection.write(GREETING)
    })
    await using connection = await connect(server.url)
    stage.sent(`connected to ${server.url}`)
    const greeting = await connection.readText()
    stage.received(greeting)
    expectSame('the greeting', greeting, GREETING)
    return greeting.length
  },
}

const GREETING = 'Hello from server!'
