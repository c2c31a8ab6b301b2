import { channel } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { canary, eventsOff } from '@tools/canary'
import { unwatch, watch } from '../watch.ts'

const secret = canary('unit')

describe('watch', () => {
  test('collects an event, an error in it and console output', () => {
    watch()
    channel('net:operation').publish({
      error: Object.assign(new Error('failed'), { reply: secret }),
    })
    channel('net:wire').publish({ data: secret })
    process.stderr.write('') // what vitest prints is watched as well
    const leaks = unwatch()
    watch()
    expect(leaks.map((leak) => leak.split(':')[0])).toContain(
      'a canary secret shows in an event of net',
    )
    expect(leaks.length).toBeGreaterThanOrEqual(2)
  })

  test('gets no events with the events off', () => {
    eventsOff()
    expect(channel('net:operation').hasSubscribers).toBe(false)
    channel('net:operation').publish({ data: secret })
  })
})
