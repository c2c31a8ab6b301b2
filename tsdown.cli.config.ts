// The build of the command: the package, whose parts are loaded when they are needed, and one JavaScript file with all in it.
import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsdown'

import { settings } from './tools/net/settings.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }

const shared = {
  ...settings,
  cwd: process.cwd(),
  define: { NET_VERSION: JSON.stringify(version) },
} as const

export default defineConfig([
  { ...shared, entry: { main: 'src/main.ts' }, fixedExtension: false, publint: true },
  {
    ...shared,
    entry: { net: 'src/main.ts' },
    fixedExtension: false,
    outDir: 'dist/single',
    outputOptions: { codeSplitting: false },
  },
])
