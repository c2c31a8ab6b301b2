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
  async run(stage) {
    await using server = await startHttpServer()
    const draft = { title: 'Hello', body: 'from net' }
    stage.sent(`POST ${server.url}/echo ${JSON.stringify(draft)}`)
    const echo = await http.post(`${server.url}/echo`, { json: draft }).json<Echo>()
    stage.received(`${echo.method} ${echo.body}`)
    expectSame('the body that arrived', JSON.parse(echo.body), draft)
    return echo.body.length * 2
  },
}
