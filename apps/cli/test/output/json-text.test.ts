import { describe, expect, it } from 'vitest'

import { jsonText } from '../../src/output/json-text.ts'

describe('jsonText', () => {
  it('indents, and colours names, texts and numbers', () => {
    expect(jsonText('{"a":[1,"b",true]}', false)).toBe(
      '{\n  "a": [\n    1,\n    "b",\n    true\n  ]\n}',
    )
    expect(jsonText('{"a":-1.5e3}', true)).toBe(
      '{\n  \u001b[36m"a"\u001b[39m: \u001b[33m-1500\u001b[39m\n}',
    )
    expect(jsonText('"b"', true)).toBe('\u001b[32m"b"\u001b[39m')
  })

  it('is undefined for what is no JSON', () => {
    expect(jsonText('<html>', true)).toBeUndefined()
  })

  it('lets no control character of a text through', () => {
    expect(jsonText('{"\\u009b2J":"\\u202e\\u001b[2J"}', false)).not.toMatch(/[\u009b\u202e\u001b]/)
  })
})
