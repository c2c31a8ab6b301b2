import { Gate } from '@net/async'
import { expect, test } from 'vitest'

import { checkScripts, join, patience, World, type Expected } from './world.ts'

test(
  '[ASYNC-26] a gate lets through all that wait when it opens, and no others',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using world = new World()
      const gate = new Gate()
      const waiting: Expected[] = []
      let open = false
      const opened = (): void => {
        open = true
        gate.open()
        for (const expected of waiting.splice(0)) expected.outcome = { value: undefined }
      }
      for (const step of script) {
        if (step.act < 8) {
          const options = world.options(step)
          const expected = world.expect(options, (wait) => {
            if (open) wait.outcome = { value: undefined }
            else join(waiting, wait, wait)
          })
          world.watch(expected, gate.wait(options))
        } else if (step.act < 10) {
          open = false
          gate.close()
        } else opened()
        await world.after(step)
        expect(gate.isOpen).toBe(open)
        expect(gate.waiting).toBe(waiting.length)
      }
      opened()
      await world.end()
    })
  },
)
