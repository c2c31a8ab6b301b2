import { HttpHeaders, HttpRequest } from '@net/http'
import { expect, test } from 'vitest'

import {
  holdsBody,
  isLedAway,
  keepMarks,
  markHoldsBody,
  markLedAway,
} from '../src/request-marks.ts'

const made = (): HttpRequest =>
  new HttpRequest('GET', new URL('http://a.example/'), HttpHeaders.none)

test('marks go on with a copy, and only where they are', () => {
  const [away, holding, plain, copy] = [made(), made(), made(), made()]
  markLedAway(away)
  markHoldsBody(holding)
  keepMarks(plain, copy)
  expect([isLedAway(copy), holdsBody(copy)]).toEqual([false, false])
  keepMarks(away, copy)
  expect([isLedAway(copy), holdsBody(copy)]).toEqual([true, false])
  keepMarks(holding, copy)
  expect([isLedAway(copy), holdsBody(copy)]).toEqual([true, true])
})
