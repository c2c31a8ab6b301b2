/* Scenario 9: the GET of scenario 2 through two proxies, one behind the other, to a name that only the last one knows. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { startConnectServer, startSocksServer } from '@net/socket/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpThroughProxies: Scenario = {
  number: 9,
  title: 'HTTP: the GET via two proxies',
  transport: 'http, socks5',
  about:
    'Through an HTTP proxy to a SOCKS proxy, and from there to a name that only that one knows.',
  file: import.meta.url,
  async run(stage) {
    await using server = await startHttpServer()
    await using near = await startConnectServer()
    await using far = await startSocksServer({ hosts: { 'api.internal': '127.0.0.1' } })
    const url = server.url.replace('127.0.0.1', 'api.internal')
    stage.sent(`GET ${url}/json through ${near.url} and ${far.url}`)
    const post = await example([near.url, far.url], url)
    stage.received(JSON.stringify(post))
    expectSame('the title', post.title, 'Hello')
    return JSON.stringify(post).length
  },
}

async function example(proxy: readonly string[], url: string): Promise<Post> {
  await using api = http.createClient({ proxy })
  return await api.get(`${url}/json`).json<Post>()
}

interface Post {
  readonly title: string
}
