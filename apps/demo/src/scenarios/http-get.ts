/* Scenario 2: HTTP GET of a JSON document. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

import { expectSame, type Scenario } from '../scenario.ts'

interface Post {
  readonly id: number
  readonly title: string
}

export const httpGet: Scenario = {
  number: 2,
  title: 'HTTP: GET a JSON document',
  transport: 'tcp',
  async run(stage) {
    await using server = await startHttpServer()
    stage.sent(`GET ${server.url}/json`)
    const post = await http.get(`${server.url}/json`).json<Post>()
    const text = JSON.stringify(post)
    stage.received(text)
    expectSame('the title', post.title, 'Hello')
    return text.length
  },
}
