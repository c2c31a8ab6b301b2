/* How every bundle of the command is made. */

import type { UserConfig } from 'tsdown'

import { intro } from './parts.ts'

type Plugin = Extract<NonNullable<UserConfig['plugins']>, { readonly name: string }>

/**
 * Node keeps a file with one character beyond ASCII in two bytes a character, for as long as the program runs. The minifier
 * writes such characters as they are. A raw template that holds one is a pattern, to which both spellings are the same.
 */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\0-\x7F]/g, escaped)
    }
  },
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Node resolves, reads and checks every file apart, so what always comes together is one file. Each takes along what it imports,
 * but for what is in one before.
 */
const groups = [
  { name: 'program', test: /cli[\\/]src[\\/]program\.ts$/, priority: 5 },
  { name: 'session', test: /cli[\\/]src[\\/](session|commands[\\/]one-name)\.ts$/, priority: 4 },
  { name: 'web', test: /cli[\\/]src[\\/]web[\\/]fetching\.ts$/, priority: 3 },
  { name: 'transport', test: /packages[\\/]socket[\\/](dist|src)[\\/]road\.[jt]s$/, priority: 2 },
  { name: 'http', test: /packages[\\/]http[\\/](dist|src)[\\/]index\.[jt]s$/, priority: 1 },
]

/** No comments and no white space, which memory would hold; names stay. */
export const settings = {
  // Node loads it sooner than ESM, and its `require` can be given another.
  format: 'cjs',
  checks: { legacyCjs: false },
  platform: 'node',
  target: 'node22.19',
  dts: false,
  // All but the optional native parts of ssh2, which has its own in JavaScript.
  deps: {
    alwaysBundle: [/^(?!cpu-features$)(?!.*\.node$)/u],
    neverBundle: [/\.node$/u, /^cpu-features$/u],
  },
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  plugins: [ascii],
  outputOptions: { codeSplitting: { groups }, intro: ({ isEntry }) => (isEntry ? intro : '') },
} satisfies UserConfig
