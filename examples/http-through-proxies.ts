// HTTP through two proxies, one behind the other; only the last one can resolve the name.
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { startConnectServer, startSocksServer } from '@net/socket/testing'

await using server = await startHttpServer()
await using near = await startConnectServer()
await using far = await startSocksServer({ hosts: { 'api.internal': '127.0.0.1' } })

await using api = http.createClient({ proxy: [near.url, far.url] })
const url = server.url.replace('127.0.0.1', 'api.internal')
const post = await api.get(`${url}/json`).json<{ title: string }>()
console.log(post.title)
