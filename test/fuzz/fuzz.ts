/*
 * Runs a property on generated input: for 2 s by default, on NET_FUZZ_INPUTS inputs by hand. A failure prints its seed.
 */

import * as fc from 'fast-check'

/**
 * Checks that the property throws for no input, until the time is up or so many were tried. `sharing` is how many properties
 * divide the time among them.
 */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => Promise<void> | void,
  sharing = 1,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      await property(input)
    }),
    {
      numRuns: mostInputs,
      markInterruptAsFailure: false,
      ...(isLong ? {} : { interruptAfterTimeLimit: SHORT / sharing }),
    },
  )
}

const SHORT = 2000
const asked = process.env['NET_FUZZ_INPUTS']
const mostInputs = Number(asked ?? Number.MAX_SAFE_INTEGER)

/** Whether somebody has time: `pnpm test:fuzz`. */
export const isLong: boolean = asked !== undefined
