// The build of the command: the package, whose parts are loaded when they are needed, and one JavaScript file with all in it.
import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsdown'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }

// Optional native parts of ssh2, which has its own in JavaScript.
const native = [/\.node$/u, /^cpu-features$/u]

const shared = {
  cwd: process.cwd(),
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  dts: false,
  fixedExtension: false,
  // A part of ssh2 asks for its folder.
  shims: true,
  define: { NET_VERSION: JSON.stringify(version) },
} as const

export default defineConfig([
  {
    ...shared,
    entry: { main: 'src/main.ts' },
    deps: { alwaysBundle: [/^(?!cpu-features$)(?!.*\.node$)/u], neverBundle: native },
    publint: true,
  },
  {
    ...shared,
    entry: { net: 'src/main.ts' },
    outDir: 'dist/single',
    deps: { alwaysBundle: [/^(?!cpu-features$)(?!.*\.node$)/u], neverBundle: native },
    outputOptions: { codeSplitting: false },
  },
])
