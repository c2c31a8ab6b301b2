/* The tokens of ssh_config, section TOKENS of ssh_config(5): `%h` and its like, `~`, and `${NAME}`. No I/O but the environment. */

import { createHash } from 'node:crypto'

/** What the tokens stand for. */
export interface TokenValues {
  /** As it was given on the command line, `%n`. */
  readonly original: string
  /** After HostName, `%h`. */
  readonly host: string
  readonly port: number
  /** Of the other side, `%r`. */
  readonly user: string
  /** Of this side, `%u`. */
  readonly localUser: string
  readonly localHost: string
  readonly home: string
  /** As the numeric id of this side's user, `%i`. */
  readonly userId: number
  /** The name under which the host key is looked up, `%k`. */
  readonly hostKeyAlias: string | undefined
  readonly jump: string
}

/** The text with its tokens replaced. Throws an Error for one that is not known or not allowed here. */
export function expandTokens(text: string, letters: string, values: TokenValues): string {
  return text.replaceAll(/%(.?)/g, (_, letter: string) => {
    if (letter === '%') return '%'
    if (letter === '' || !letters.includes(letter))
      throw new Error(`%${letter} has no meaning here`)
    return valueOf(letter, values)
  })
}

/** A path: with the home folder for `~`, and variables of the environment. Throws an Error for one that is not set. */
export function expandHome(text: string, home: string): string {
  const path = text.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = process.env[name]
    if (value === undefined) throw new Error(`the variable ${name} is not set`)
    return value
  })
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path
}

/** The tokens that paths of keys may have. */
export const PATH_TOKENS = 'CdhijkLlnpru'
/** Those of commands. */
export const COMMAND_TOKENS = 'hnpr'

function valueOf(letter: string, values: TokenValues): string {
  const { original, host, port, user, localHost, jump } = values
  const all: Readonly<Record<string, string | undefined>> = {
    n: original,
    h: host,
    p: String(port),
    r: user,
    u: values.localUser,
    l: localHost,
    L: localHost.split('.')[0],
    d: values.home,
    i: String(values.userId),
    k: values.hostKeyAlias ?? original,
    j: jump,
  }
  if (letter !== 'C') return all[letter] ?? ''
  return createHash('sha1')
    .update(localHost + host + String(port) + user + jump)
    .digest('hex')
}
