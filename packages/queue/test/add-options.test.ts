import { expect, test } from 'vitest'

import { addOptions, callOptions, jobName } from '../src/add-options.ts'

test('the options of adding a job are checked', () => {
  const given = { id: 'a', delay: 1.5, priority: -3, attempts: 1, deadline: 5, group: 'g' }
  expect({ ...addOptions(given) }).toEqual(given)
  const wrong = [{ id: '' }, { delay: -1 }, { priority: 1.5 }, { attempts: 0 }, { deadline: 0 }]
  for (const options of wrong) expect(() => addOptions(options)).toThrow('must be')
  expect(() => addOptions({ traceparent: '00-1-2-3' })).toThrow('a W3C trace context')
  expect(() => callOptions({ timeOut: 5 } as never)).toThrow('timeout')
})

test('a name is at most 512 bytes of well-formed text', () => {
  expect(jobName.fits('ü'.repeat(256))).toBe(true)
  expect(jobName.fits('ü'.repeat(257))).toBe(false)
  expect(jobName.fits('\u{dc00}')).toBe(false)
})
