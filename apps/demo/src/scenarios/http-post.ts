/* Scenario 3: HTTP POST of JSON. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario } from '../scenario.ts'

interface Echo {
  readonly method: string
  readonly body: string
}

export const httpPost: Scenario = {
  number: 3,
  title: 'HTTP: POST JSON',
  transport: 'tcp',
  about: 'An object goes out as JSON; the server answers with what it got.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer()
    const draft = { title: 'Hello', body: 'from net' }
    stage.sent(`POST ${server.url}/echo ${JSON.stringify(draft)}`)
    const echo = await example(server.url, draft)
    stage.received(`${echo.method} ${echo.body}`)
    expectSame('the body that arrived', JSON.parse(echo.body), draft)
    return echo.body.length * 2
  },
}

async function example(url: string, draft: object): Promise<Echo> {
  return http.post(`${url}/echo`, { json: draft }).json<Echo>()
}
