/* Scenario 7: many HTTP requests at once, over connections that are used again. */

import { map } from '@net/async'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario, type Stage } from '../scenario.ts'

export const httpMany: Scenario = {
  number: 7,
  title: 'HTTP: 500 requests, 50 at once',
  transport: 'tcp',
  about:
    'Many documents, fifty at a time: the first failure would end the rest, and no more connections are made than work.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer()
    stage.sent(`GET ${server.url}/bytes/1000, ${COUNT} times`)
    const bodies = await example(server.url, stage)
    const total = bodies.reduce((sum, { length }) => sum + length, 0)
    stage.received(`${total} bytes over ${server.accepted} connections`)
    expectSame('the number of bytes', total, COUNT * 1000)
    return total
  },
}

async function example(baseUrl: string, stage: Stage): Promise<Uint8Array[]> {
  await using client = http.createClient({ baseUrl })
  let done = 0
  const load = async (): Promise<Uint8Array> => {
    const body = await client.get('/bytes/1000').bytes()
    stage.progress(++done, COUNT)
    return body
  }
  return await map(Array.from({ length: COUNT }), load, { concurrency: 50 })
}

const COUNT = 500
