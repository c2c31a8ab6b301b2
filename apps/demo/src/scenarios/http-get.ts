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
  about:
    'A document is asked for, and comes as an object: connection, request, status and decoding in one call.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer()
    stage.sent(`GET ${server.url}/json`)
    const post = await example(server.url)
    const text = JSON.stringify(post)
    stage.received(text)
    expectSame('the title', post.title, 'Hello')
    return text.length
  },
}

async function example(url: string): Promise<Post> {
  return http.get(`${url}/json`).json<Post>()
}
