/* Scenario 12: messages over a WebSocket, both ways. */

import * as http from '@net/http'
import { acceptWebSocket, startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpWebSocket: Scenario = {
  number: 12,
  title: 'HTTP: talk over a WebSocket',
  transport: 'tcp',
  async run(stage) {
    await using server = await startHttpServer({
      routes: {
        '/shout': (request) =>
          acceptWebSocket(request, async (socket) => {
            for await (const message of socket) await socket.send(String(message).toUpperCase())
          }),
      },
    })
    await using client = http.createClient({ baseUrl: server.url })
    await using socket = await client.webSocket('/shout')
    const answers: string[] = []
    for (const word of WORDS) {
      stage.sent(word)
      await socket.send(word)
      const answer = String(await socket.receive())
      stage.received(answer)
      answers.push(answer)
    }
    expectSame('what came back', answers, ['ONE', 'TWO', 'THREE'])
    return WORDS.join('').length + answers.join('').length
  },
}

const WORDS = ['one', 'two', 'three']
