/* Scenario 12: messages over a WebSocket, both ways. */

import * as http from '@net/http'
import { acceptWebSocket, startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const httpWebSocket: Scenario = {
  number: 12,
  title: 'HTTP: talk over a WebSocket',
  transport: 'tcp',
  about: 'A conversation over one connection: each word comes back louder.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer({
      routes: {
        '/shout': (request) =>
          acceptWebSocket(request, async (socket) => {
            for await (const message of socket) await socket.send(String(message).toUpperCase())
          }),
      },
    })
    const answers = await example(`${server.url}/shout`, stage)
    expectSame('what came back', answers, ['ONE', 'TWO', 'THREE'])
    return WORDS.join('').length + answers.join('').length
  },
}

async function example(url: string, stage: Stage): Promise<string[]> {
  await using client = http.createClient()
  await using socket = await client.webSocket(url)
  const answers: string[] = []
  for (const word of WORDS) {
    stage.sent(word)
    await socket.send(word)
    answers.push(String(await socket.receive()))
    stage.received(String(answers.at(-1)))
  }
  return answers
}

const WORDS = ['one', 'two', 'three']
