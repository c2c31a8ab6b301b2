// The build of the command: the package, whose parts are loaded when they are needed, and one JavaScript file with all in it.
import { defineConfig } from 'tsdown'

const shared = {
  cwd: process.cwd(),
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  dts: false,
  fixedExtension: false,
} as const

export default defineConfig([
  {
    ...shared,
    entry: { main: 'src/main.ts' },
    deps: { onlyBundle: [] },
    publint: true,
  },
  {
    ...shared,
    entry: { net: 'src/main.ts' },
    outDir: 'dist/single',
    deps: { alwaysBundle: [/./] },
    outputOptions: { inlineDynamicImports: true },
  },
])
