import { expect, test } from 'vitest'

import { payloadSchema, validPayload, type PayloadSchema } from '../src/payload-schema.ts'

function refusing(path?: readonly (PropertyKey | { key: PropertyKey })[]): PayloadSchema<number> {
  const validate = () => ({ issues: [{ message: 'no', path }] })
  return { '~standard': { version: 1, validate } }
}

test('a refusal names the place, also where its steps are objects', async () => {
  const refused = validPayload(1, refusing(['a', { key: 'b' }, 0]))
  await expect(refused).rejects.toThrow('the schema refuses payload.a.b.0: no')
  await expect(validPayload(1, refusing())).rejects.toThrow('the schema refuses payload: no')
})

test('a schema may take its time', async () => {
  const validate = async (value: unknown) => ({ value: Number(value) })
  expect(await validPayload('7', { '~standard': { version: 1, validate } })).toBe(7)
})

test('what is no schema is told apart', () => {
  expect(payloadSchema.fits(refusing())).toBe(true)
  for (const other of [undefined, {}, { '~standard': {} }])
    expect(payloadSchema.fits(other)).toBe(false)
})
