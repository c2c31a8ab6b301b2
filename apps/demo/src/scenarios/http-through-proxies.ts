/* Scenario 9: the GET of scenario 2 through two proxies, one behind the other, to a name that only the last one knows. */

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { startConnectServer, startSocksServer } from '@net/socket/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const httpThroughProxies: Scenario = {
  number: 9,
  title: 'HTTP: the same GET through two proxies',
  transport: 'http, socks5',
  async run(stage) {
    await using server = await startHttpServer()
    await using near = await startConnectServer()
    await using far = await startSocksServer({ hosts: { 'api.internal': '127.0.0.1' } })
    await using api = http.createClient({ proxy: [near.url, far.url] })
    const url = server.url.replace('127.0.0.1', 'api.internal')
    stage.sent(`GET ${url}/json through ${near.url} and ${far.url}`)
    const post = await api.get(`${url}/json`).json<{ readonly title: string }>()
    stage.received(JSON.stringify(post))
    expectSame('the title', post.title, 'Hello')
    return JSON.stringify(post).length
  },
}
