import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import { readJsonLines } from '../src/json-lines.ts'

const rules = { context: { protocol: 'http' } }

async function* lines(...given: readonly string[]): AsyncGenerator<string> {
  yield* given
}

test('[HTTP-23] the value of every line that is not empty', async () => {
  const values = readJsonLines(lines('{"a":1}', '', ' [2] ', 'null'), rules, (value) => value)
  expect(await Array.fromAsync(values)).toEqual([{ a: 1 }, [2], null])
})

test('a line that is no JSON is named, and not quoted', async () => {
  const reading = Array.fromAsync(readJsonLines(lines('1', 'oh no'), rules, (value) => value))
  await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_DECODE' })
  await expect(reading).rejects.toThrow('line 2 is not JSON')
})

test('the values of an answer as they come, checked by a schema', async () => {
  const next = Promise.withResolvers<void>()
  await using server = await startHttpServer({
    routes: {
      '/log': {
        body: (async function* () {
          yield '{"n":1}\n{"n"'
          await next.promise
          yield ':2}\r\n'
        })(),
      },
    },
  })
  const seen: unknown[] = []
  for await (const value of http.get(`${server.url}/log`).jsonLines<{ n: number }>()) {
    next.resolve()
    seen.push(value.n)
  }
  expect(seen).toEqual([1, 2])
  const schema: http.ResponseSchema<number> = {
    '~standard': {
      version: 1,
      validate: () => ({ issues: [{ message: 'not this one' }] }),
    },
  }
  const refused = Array.fromAsync(http.createResponse({ text: '1\n' }).jsonLines(schema))
  await expect(refused).rejects.toThrow('not this one')
})
