// Many HTTP requests, at most 50 at a time; the first failure would abort the rest.
import { map } from '@net/async'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

await using server = await startHttpServer()
await using api = http.createClient({ baseUrl: server.url })
const pages = Array.from({ length: 500 }, (_, page) => page)
const titles = await map(pages, (page) => titleOf(page), { concurrency: 50 })
console.log(`${titles.length} documents, the last one called ${titles.at(-1)}`)

async function titleOf(page: number): Promise<string> {
  const document = await api.get('/json', { params: { page } }).json<{ title: string }>()
  return document.title
}
