// The tests of every push: a project per package and one per kind of test, from source and without a build.
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { project, shared } from './tools/vitest/shared.ts'
import { packages } from './tools/workspace/packages.ts'

// A process per file takes three times as long. Files that share one are reset by the set-up; only tests that look at
// all handles or tasks of their process need it for themselves.
const alone = globSync('packages/*/test/**/*.test.ts', { cwd: import.meta.dirname }).filter(
  (file) =>
    /checkNoLeaks|dumpTasks|liveTasks/u.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
)

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // A third of the time a test waits for a peer or a program.
    maxWorkers: availableParallelism() + 1,
    // The programs that tests start read the sources as well: only the first compiles them.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
    projects: [
      ...packages().map(({ short }) =>
        project(short, { include: [`packages/${short}/test/**/*.test.ts`], exclude: alone }),
      ),
      project('alone', { include: alone, isolate: true }),
      project('cli', { include: ['apps/cli/test/**/*.test.ts'] }),
      project('demo', { include: ['apps/demo/test/**/*.test.ts'] }),
      project('docs', { include: ['tools/snippets/docs.test.ts'] }),
      project('examples', { include: ['test/examples.test.ts', 'examples/*/*.test.ts'] }),
      project('fuzz', { include: ['test/fuzz/**/*.test.ts'] }),
      project('tools', { include: ['tools/**/test/*.test.ts'] }),
    ],
  },
})
