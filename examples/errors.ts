// When a call fails: decide by code, or check whether a repeat is harmless.
import { isNetError, isRetryable } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

await using server = await startHttpServer()
const limits = { '/status/404': 10_000, '/status/503': 10_000, '/drip': 300 }
for (const [path, timeout] of Object.entries(limits)) {
  try {
    await http.get(server.url + path, { timeout, retry: false }).text()
  } catch (error) {
    if (!isNetError(error)) throw error
    const again = isRetryable(error, { idempotent: true }) ? 'try again later' : 'give up'
    console.log(`${path}: ${error.code}, ${again}`)
  }
}
