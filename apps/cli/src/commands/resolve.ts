/* `net resolve`: names to addresses, and back. */

import { addressUse, resolve as addressesOf, reverse } from '@net/socket'

import type { Call, CommandRun } from '../call.ts'
import { exitCodeOfAll } from '../exit-code.ts'
import { tellError } from '../output/error-page.ts'

/** One line for each address of each name. */
export const resolve: CommandRun = async (call) => {
  const codes: number[] = []
  for (const name of call.args) {
    try {
      if (call.options.reverse === true) await printName(call, name)
      else await printAddresses(call, name)
      codes.push(0)
    } catch (error) {
      if (call.args.length === 1 || call.signal.aborted) throw error
      codes.push(await tellError(error, `resolve ${name}`, call.output))
    }
  }
  return exitCodeOfAll(codes)
}

async function printAddresses({ options, output, signal }: Call, name: string): Promise<void> {
  const family =
    options.family === undefined ? {} : ({ family: options.family === '4' ? 4 : 6 } as const)
  for (const { address, ttl } of await addressesOf(name, { signal, ...family })) {
    const use = addressUse(address)
    await output.result({ type: 'address', name, address, use, ttl }, address)
  }
}

async function printName({ output, signal }: Call, address: string): Promise<void> {
  const name = await reverse(address, { signal })
  await output.result({ type: 'name', address, name }, output.name(name))
}
