// The tests that need more than the sources: daemons, packed packages, every road with every fault, or minutes.
import { defineConfig } from 'vitest/config'
import { project, shared } from './tools/vitest/shared.ts'

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: ['interop', 'matrix', 'package', 'site', 'soak'].map((name) =>
      project(name, { include: [`test/${name}/**/*.test.ts`] }),
    ),
  },
})
