import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'

import { expect, test } from 'vitest'

import { intro } from '../parts.ts'

const LINES = Array.from({ length: 50 }, (_, at) => `total += ${at} * times`).join('\n')
const PARTS = {
  sum: `exports.sum = (times) => {\nlet total = 0\n${LINES}\nreturn total\n}`,
  other: 'exports.other = () => "other"',
  both: 'const { sum } = require("./sum.cjs"); exports.both = () => sum(2) + require("./other.cjs").other()',
  late: 'const run = require("node:child_process"); exports.late = () => typeof Object.create(run).spawn',
  strict: 'exports.isStrict = (function () { return this === undefined })()',
}

test('a second run takes the compiled code of what was called in the first', () => {
  using program = programOf('console.log(require("./both.cjs").both())')
  expect(program.run()).toBe('2450other\n')
  const code = program.code()
  expect(Object.keys(code)).toEqual(['both.cjs', 'other.cjs', 'sum.cjs'])
  const uncalled = new Script(`(function(){${PARTS.sum}\n})`).createCachedData()
  expect(code['sum.cjs']?.length).toBeGreaterThan(uncalled.length * 1.2)
  expect(program.run()).toBe('2450other\n')
  expect(program.code()).toEqual(code)
})

test('code that V8 does not take is made anew', () => {
  using program = programOf('console.log(require("./other.cjs").other())')
  program.run()
  const code = program.code()
  writeFileSync(join(program.cache(), 'other.cjs'), 'no code')
  expect(program.run()).toBe('other\n')
  expect(program.code()['other.cjs']?.length).toBe(code['other.cjs']?.length)
})

test('where nothing is to be cached, nothing is written', () => {
  using program = programOf('console.log(require("./other.cjs").other())')
  expect(program.run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('other\n')
  expect(readdirSync(program.path)).not.toContain('cache')
})

test('a run that loads no part leaves nothing', () => {
  using program = programOf('console.log(require("node:path").basename("/a"))')
  expect(program.run()).toBe('a\n')
  expect(program.code()).toEqual({})
})

test('parts are strict; a module that waits is all there when it is used', () => {
  using program = programOf(
    'console.log(require("./strict.cjs").isStrict, require("./late.cjs").late())',
  )
  expect(program.run()).toBe('true function\n')
})

/** A program with the parts, and its cache. */
function programOf(text: string) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'net-parts-'))
  const { path } = folder
  for (const [name, part] of Object.entries(PARTS)) writeFileSync(join(path, `${name}.cjs`), part)
  const main = join(path, 'main.cjs')
  writeFileSync(main, `${intro}\nrequire("node:module").enableCompileCache()\n${text}\n`)
  const home = join(path, 'cache')
  const cache = (): string => join(home, readdirSync(home)[0] ?? '')
  return {
    path,
    cache,
    run: (env: Readonly<Record<string, string>> = {}): string =>
      execFileSync(process.execPath, [main], {
        encoding: 'utf8',
        env: { ...process.env, NODE_COMPILE_CACHE: home, ...env },
      }),
    /** What is in the cache, by the names of the parts. */
    code: (): Readonly<Record<string, Buffer>> =>
      Object.fromEntries(
        readdirSync(cache())
          .filter((name) => name.includes('.cjs'))
          .toSorted()
          .map((name) => [name, readFileSync(join(cache(), name))]),
      ),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}
