/* Runs what opens content within an operation, as sending does. */

import { operation } from '@net/core/authoring'

import { parseCapabilities } from '../src/capabilities.ts'
import type { Opening } from '../src/content.ts'
import { checkContent } from '../src/content-check.ts'

/** Gives `open` what it needs for a server with these extensions. */
export function openingFor<T>(
  open: (opening: Opening) => T | Promise<T>,
  extensions = '8BITMIME\nSMTPUTF8',
): Promise<T> {
  const capabilities = parseCapabilities({ status: 250, text: `peer\n${extensions}` })
  const spec = { protocol: 'test', operation: 'open', kind: 'exchange' } as const
  return operation(spec, {}, (op) =>
    op.attempt(async () => open({ op, check: (facts) => checkContent(capabilities, facts) })),
  )
}
