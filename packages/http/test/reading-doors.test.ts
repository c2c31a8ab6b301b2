import { createResponse, PendingResponse, type HttpResponse } from '@net/http'
import { expect, test } from 'vitest'

const wrong = undefined as never

test.each<[string, string, (of: HttpResponse | PendingResponse) => Promise<unknown>]>([
  ['a schema that is none', 'json', (of) => of.json({} as never)],
  ['null for a schema', 'json', (of) => of.json(null as never)],
  ['a number for a charset', 'text', (of) => of.text(5 as never)],
  ['a charset that is unknown', 'text', (of) => of.text('latin-17')],
  ['a charset of lines that is unknown', 'lines', async (of) => Array.fromAsync(of.lines('x'))],
])('%s is the mistake of the caller, and nothing is asked for', async (_, operation, read) => {
  const refusal = { code: 'NET_BAD_OPTION', protocol: 'http', operation }
  await expect(read(createResponse({ text: '{}' }))).rejects.toMatchObject(refusal)
  let asked = 0
  const call = new PendingResponse(async () => {
    asked += 1
    return createResponse({ text: '{}' })
  })
  await expect(read(call)).rejects.toMatchObject(refusal)
  expect(asked).toBe(0)
})

test('what is no sink is the mistake of the caller', async () => {
  const call = new PendingResponse(async () => createResponse())
  await expect(call.saveTo(wrong)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    protocol: 'http',
    operation: 'saveTo',
  })
})

test('a charset may have any name of the Encoding Standard, or be found out', async () => {
  const bytes = Buffer.from('grüß', 'latin1')
  for (const charset of ['latin1', 'ISO-8859-1', () => 'latin1']) {
    expect(await createResponse({ bytes }).text(charset)).toBe('grüß')
  }
})

test('what calls itself Latin-1 is windows-1252, on every runtime', async () => {
  const bytes = Uint8Array.of(0x93, 0x80, 0x94, 0x0a)
  const headers = { 'content-type': 'text/plain; charset=iso-8859-1' }
  expect(await createResponse({ bytes, headers }).text()).toBe('“€”\n')
  expect(await Array.fromAsync(createResponse({ bytes, headers }).lines())).toEqual(['“€”'])
})
