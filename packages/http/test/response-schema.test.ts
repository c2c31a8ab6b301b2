import type { ResponseSchema, SchemaResult } from '@net/http'
import { expect, test } from 'vitest'

import { validated } from '../src/response-schema.ts'

const context = { protocol: 'http' }
const answering = (result: unknown): ResponseSchema<number> => ({
  '~standard': { version: 1, validate: () => result as SchemaResult<number> },
})

test('the value is what the schema makes of it', async () => {
  expect(await validated('21', answering({ value: 42 }), context)).toBe(42)
  expect(await validated('21', answering(Promise.resolve({ value: 42 })), context)).toBe(42)
})

test.each([
  [{ issues: [{ message: 'not a number' }] }, 'NET_PROTO_DECODE', 'not a number'],
  [{ issues: [] }, 'NET_PROTO_DECODE', 'does not fit'],
  [null, 'NET_BAD_OPTION', 'an object with the value or its issues'],
])('%j is an error', async (result, code, message) => {
  await expect(validated('x', answering(result), context)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  })
})
