// Debian's httpbin, served by werkzeug over HTTP/1.1: what users of requests try their programs against.
import type { TestContext } from 'vitest'

import { freePort, startChild } from './child.ts'
import { PYTHON, requirePython } from './python-guide.ts'

/** A running httpbin. */
export interface Httpbin extends AsyncDisposable {
  readonly url: string
}

/** Starts one; skips or fails the test that asks where it is not installed. */
export async function startHttpbin(context: Pick<TestContext, 'skip'>): Promise<Httpbin> {
  await requirePython(context, 'httpbin, requests')
  const port = await freePort()
  const child = await startChild(
    PYTHON,
    ['-c', SERVER, String(port)],
    [{ host: '127.0.0.1', port }],
  )
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

const SERVER = `
import sys
from httpbin import app
from werkzeug.serving import WSGIRequestHandler, make_server
WSGIRequestHandler.protocol_version = 'HTTP/1.1'
WSGIRequestHandler.log = lambda *args: None
make_server('127.0.0.1', int(sys.argv[1]), app, threaded=True).serve_forever()
`
