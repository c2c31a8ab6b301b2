// The tests of every push: a project per package and one per kind of test, from source and without a build.
import { defineConfig } from 'vitest/config'
import { project, shared } from './tools/vitest/shared.ts'

const packages = ['core', 'async', 'socket', 'http', 'ftp', 'smtp', 'ssh']
// A process per file takes three times as long. Files that share one are reset by the set-up; only tests that count
// the handles of their process need it for themselves.
const countsHandles = new Set(['async', 'http'])

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    projects: [
      ...packages.map((name) =>
        project(name, `packages/${name}/test/**/*.test.ts`, countsHandles.has(name)),
      ),
      project('demo', 'apps/demo/test/**/*.test.ts'),
      project('docs', 'tools/snippets/docs.test.ts'),
      project('examples', 'test/examples.test.ts'),
      project('fuzz', 'test/fuzz/**/*.test.ts'),
      project('tools', 'tools/**/test/*.test.ts'),
    ],
  },
})
