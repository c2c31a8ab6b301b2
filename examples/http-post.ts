// HTTP POST of JSON; if the server refuses it, the error has the server's answer.

import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

await using server = await startHttpServer()

const echo = await http
  .post(`${server.url}/echo`, { json: { title: 'Hello' } })
  .json<{ body: string }>()
console.log(echo.body)

try {
  await http.post(`${server.url}/status/403`, { json: { title: 'Hello' } })
} catch (error) {
  if (!(error instanceof http.HttpStatusError)) throw error
  console.log(error.status, error.code)
}
