// When a call fails: decide by code, or check whether a repeat is harmless.
import { isNetError, isRetryable } from '@net/core'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'

await using server = await startHttpServer()
for (const path of ['/status/404', '/status/503', '/drip']) {
  try {
    await http.get(server.url + path, { timeout: 300, retry: false }).text()
  } catch (error) {
    if (!isNetError(error)) throw error
    const again = isRetryable(error, { idempotent: true }) ? 'try again later' : 'give up'
    console.log(`${path}: ${error.code}, ${again}`)
  }
}
