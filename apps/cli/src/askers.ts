/* Which servers of a command may ask for a password, so that no two get the same. */

import { addressOf, type Address } from './address.ts'
import type { Call } from './call.ts'
import type { ServerRole } from './secrets.ts'

/** The logins among the addresses that may ask for a password. */
export function askersAmong(
  addresses: readonly Address[],
  { options }: Pick<Call, 'options'>,
): ReadonlySet<string> {
  return new Set(
    addresses.flatMap((each) => {
      if (!('server' in each)) return []
      const { kind, server, user = options.user } = each
      // An anonymous login of FTP asks for nothing.
      return kind === 'ftp' && user === undefined ? [] : [`${server} ${user ?? ''}`]
    }),
  )
}

/** The role of a server among the places of the command: what was set for one server is for none of several. */
export function roleAmong(
  { args, options }: Pick<Call, 'args' | 'options'>,
  role: ServerRole,
): ServerRole {
  const state = options.state === undefined ? [] : [options.state]
  const meant = MEANT[role]?.(args, state) ?? []
  return askersAmong(meant.map(addressOf), { options }).size > 1 ? 'several' : role
}

type Given = readonly string[]
const MEANT: Readonly<Partial<Record<ServerRole, (args: Given, state: Given) => Given>>> = {
  only: (args, state) => [...args, ...state],
  source: (args) => args.slice(0, -1),
}
