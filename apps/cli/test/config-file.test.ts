import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { configPath, parseConfig, readConfig } from '../src/config-file.ts'
import { temporaryFolder } from './net.ts'

describe('parseConfig', () => {
  it('reads switches, values, units and repeats', () => {
    const text =
      '# mine\n\njson\nmax-time = 2m\nheader = a: 1\r\nheader = b: 2\naccept-new = true\n'
    expect(parseConfig(text, 'config')).toEqual({
      json: true,
      maxTime: 120_000,
      header: ['a: 1', 'b: 2'],
      acceptNew: true,
    })
  })

  it.each([
    ['json\nnothing = 1', 'config:2: "nothing" is no option'],
    ['__proto__ = 1', 'config:1: "__proto__" is no option'],
    ['constructor', 'config:1: "constructor" is no option'],
    ['json = maybe', 'config:1: json takes no value but true'],
    ['max-time', 'config:1: max-time needs a value'],
    ['max-time = soon', 'config:1: soon is no time: give seconds, or 200ms, 5s, 2m'],
    ['log = loud', 'config:1: log must be one of trace, debug, info, warn, error'],
    [
      'dangerously-skip-verification',
      'config:1: dangerously-skip-verification must be given each time',
    ],
  ])('[H-APP-06] refuses %j with its line', (text, message) => {
    expect(() => parseConfig(text, 'config')).toThrow(message)
    expect(Object.hasOwn(Object.prototype, 'json')).toBe(false)
  })
})

describe('readConfig', () => {
  it('[H-APP-06] warns of a file that others can read or change', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'config')
    writeFileSync(path, 'json\n')
    for (const [mode, warning] of [
      [0o600, undefined],
      [0o644, `${path} can be read by others: chmod 600 ${path}`],
      [0o666, `${path} can be changed by others: chmod 600 ${path}`],
    ] as const) {
      chmodSync(path, mode)
      expect(readConfig(path)).toEqual({ values: { json: true }, warning })
    }
    expect(readConfig(join(folder.path, 'none'))).toEqual({ values: {}, warning: undefined })
  })
})

describe('configPath', () => {
  it('is NET_CONFIG, else below XDG_CONFIG_HOME or the home folder', () => {
    expect(configPath({ NET_CONFIG: '/a' })).toBe('/a')
    expect(configPath({ XDG_CONFIG_HOME: '/x' })).toBe('/x/net/config')
    expect(configPath({ HOME: '/h' })).toBe('/h/.config/net/config')
  })
})
