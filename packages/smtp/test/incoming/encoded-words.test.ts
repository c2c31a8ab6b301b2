import { expect, test } from 'vitest'

import { decodeWords } from '../../src/incoming/encoded-words.ts'

test('decodes words, and nothing else', () => {
  expect(decodeWords('=?UTF-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?Q?Z=FCrich_1?=')).toBe(
    'Grüße aus Zürich 1',
  )
  expect(decodeWords('no = word =? here ?=')).toBe('no = word =? here ?=')
})

test('words beside each other are one text, also where a character is cut between them', () => {
  expect(decodeWords('=?utf-8?B?R3LD?= =?UTF-8?B?vMOfZQ==?=')).toBe('Grüße')
  expect(decodeWords('=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=')).toBe('Grüße')
  expect(decodeWords('=?utf-8?B?4oCc?= =?iso-8859-1?Q?=FC?=')).toBe('“ü')
  // The first ends with the padding of its own bytes.
  expect(decodeWords('=?utf-8?B?R3I=?= =?utf-8?B?w7zDn2U=?=')).toBe('Grüße')
  expect(decodeWords('=?utf-8?B?R3LDvMM=?= =?utf-8?B?n2U=?=')).toBe('Grüße')
  expect(decodeWords('=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= =?ISO-2022-JP?B?GyRCOGwbKEI=?=')).toBe(
    '日本語',
  )
  expect(decodeWords('=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=')).toBe('Grüße')
})
