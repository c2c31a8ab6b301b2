/* The variables that ssh_config sends along with every command: SetEnv, and those of this process that SendEnv names. */

import type { Variable } from '../command-line.ts'
import { matchesPattern } from '../host-pattern.ts'
import type { HostConfig } from './host-config.ts'

/** What is sent; a variable that is set counts before one of this process. */
export function configVariables(
  { sendEnv, setEnv }: Pick<HostConfig, 'sendEnv' | 'setEnv'>,
  own: NodeJS.ProcessEnv = process.env,
): readonly Variable[] {
  const sent = new Map<string, string>()
  const patterns = remaining(sendEnv)
  for (const [name, value] of Object.entries(own)) {
    const isNamed = patterns.some((pattern) => matchesPattern(pattern, name))
    if (value !== undefined && isNamed) sent.set(name, value)
  }
  for (const [name, value] of Object.entries(setEnv)) sent.set(name, value)
  return [...sent].map(([name, value]) => ({ name, value }))
}

/** A word with `-` in front takes back those before it that fit. */
function remaining(words: readonly string[]): readonly string[] {
  let patterns: readonly string[] = []
  for (const word of words) {
    patterns = word.startsWith('-')
      ? patterns.filter((pattern) => !matchesPattern(word.slice(1), pattern))
      : [...patterns, word]
  }
  return patterns
}
