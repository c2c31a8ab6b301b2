/* Scenario 7: many HTTP requests at once, over connections that are used again. */

import { map } from '@net/async'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpMany: Scenario = {
  number: 7,
  title: 'HTTP: 500 requests, 50 at once',
  transport: 'tcp',
  async run(stage) {
    await using server = await startHttpServer()
    await using client = http.createClient({ baseUrl: server.url })
    stage.sent(`GET ${server.url}/bytes/1000, ${COUNT} times`)
    let done = 0
    const load = async (): Promise<number> => {
      const body = await client.get('/bytes/1000').bytes()
      stage.progress(++done, COUNT)
      return body.length
    }
    const sizes = await map(Array.from({ length: COUNT }), load, { concurrency: 50 })
    const total = sizes.reduce((sum, size) => sum + size, 0)
    stage.received(`${total} bytes over ${server.accepted} connections`)
    expectSame('the number of bytes', total, COUNT * 1000)
    return total
  },
}

const COUNT = 500
