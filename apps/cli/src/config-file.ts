/*
 * Options that a person always gives, from a file: `name = value` a line, the long names of the command line. A file
 * that others can read or change is warned of; what is dangerous must be given each time.
 */

import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { longNameOf, optionTable, type OptionName, type OptionValues } from './option-table.ts'
import { UsageError } from './usage-error.ts'

/** What a config file says. */
export interface Config {
  readonly values: OptionValues
  /** What is wrong with the file itself. */
  readonly warning: string | undefined
}

/** The path of the config file. */
export function configPath(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config')
  return env['NET_CONFIG'] ?? join(folder, 'net', 'config')
}

/** Reads the file; one that is not there says nothing. Throws `UsageError` for a line that is wrong. */
export function readConfig(path: string): Config {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { values: {}, warning: undefined }
    }
    throw error
  }
  const { mode } = statSync(path)
  const others = (mode & 0o022) === 0 ? 'read' : 'changed'
  const warning =
    (mode & 0o077) === 0 ? undefined : `${path} can be ${others} by others: chmod 600 ${path}`
  return { values: parseConfig(text, path), warning }
}

/** The options in the text. Throws `UsageError` with the line. */
export function parseConfig(text: string, path: string): OptionValues {
  const values = new Map<OptionName, unknown>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const wrong = (why: string): UsageError => new UsageError(`${path}:${at + 1}: ${why}`)
    const plain = line.trim()
    if (plain === '' || plain.startsWith('#')) continue
    const [, name = '', value] = /^([^=]*?)\s*(?:=\s*(.*))?$/s.exec(plain) ?? []
    const known = NAMES.get(name)
    if (known === undefined) throw wrong(`${JSON.stringify(name)} is no option`)
    if (name.startsWith('dangerously')) throw wrong(`${name} must be given each time`)
    values.set(known, valueOf(known, { value, before: values.get(known), wrong }))
  }
  return Object.fromEntries(values) as OptionValues
}

interface Line {
  readonly value: string | undefined
  readonly before: unknown
  readonly wrong: (why: string) => UsageError
}

function valueOf(name: OptionName, { value, before, wrong }: Line): unknown {
  const spec: { read?: (text: string) => unknown; repeats?: boolean; choices?: readonly string[] } =
    optionTable[name]
  const { read, repeats, choices } = spec
  if (read === undefined) {
    if (value === undefined || value === 'true') return true
    throw wrong(`${longNameOf(name)} takes no value but true`)
  }
  if (value === undefined) throw wrong(`${longNameOf(name)} needs a value`)
  if (choices !== undefined && !choices.includes(value)) {
    throw wrong(`${longNameOf(name)} must be one of ${choices.join(', ')}`)
  }
  try {
    const given = read(value)
    return repeats === true ? [...((before ?? []) as unknown[]), ...(given as unknown[])] : given
  } catch (error) {
    if (error instanceof UsageError) throw wrong(error.message)
    throw error
  }
}

const NAMES: ReadonlyMap<string, OptionName> = new Map(
  (Object.keys(optionTable) as OptionName[]).map((name) => [longNameOf(name), name]),
)
