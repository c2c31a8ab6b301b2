import { expect, it } from 'vitest'

import { commandTable } from '../src/command-table.ts'

it('has every command once, with no option twice, and each can be loaded', async () => {
  expect(commandTable.map(({ name }) => name)).toEqual(
    'get head post ls cat cp mv rm mkdir mirror diff send exec shell tunnel nc listen serve queue resolve tls ping completion'.split(
      ' ',
    ),
  )
  for (const { options, load } of commandTable) {
    expect(new Set(options).size).toBe(options.length)
    expect(await load()).toBeTypeOf('function')
  }
})
