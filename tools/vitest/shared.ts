// What both vitest configurations have in common: where @net/* resolves to, the watch over every test, the reports.
import { join } from 'node:path'
import { defaultServerConditions, type Plugin, type UserConfig } from 'vite'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'

/** A folder in which the packed packages are installed; tests then take these and not the sources. */
const packed = process.env['NET_TEST_PACKED']

/** NET_RESULTS names a file for the counts. */
export const shared: UserConfig & { readonly test: InlineConfig } = {
  plugins: packed === undefined ? [] : [installedIn(packed)],
  ssr: {
    resolve: {
      conditions: [...(packed === undefined ? ['@net/source'] : []), ...defaultServerConditions],
    },
  },
  test: {
    // Only a test that hangs may come so far: what takes seconds alone takes a minute on a machine that is busy with ten things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    setupFiles: ['./tools/canary/setup.ts'],
    reporters: ['default', ...countsReporter()],
  },
}

/** The test files of a project, and whether each has a process of its own; default no. */
export interface ProjectFiles {
  readonly include: string[]
  readonly exclude?: string[]
  readonly isolate?: boolean
}

/** A project that inherits everything and only says which files are its own. */
export function project(
  name: string,
  { include, exclude = [], isolate = false }: ProjectFiles,
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, include, exclude: ['**/node_modules/**', ...exclude], isolate },
  }
}

/** Resolves our packages as a program in `folder` would. */
function installedIn(folder: string): Plugin {
  const importer = join(folder, 'test.js')
  return {
    name: 'packed packages',
    enforce: 'pre',
    resolveId(id) {
      return id.startsWith('@net/') ? this.resolve(id, importer, { skipSelf: true }) : undefined
    },
  }
}

function countsReporter(): ['json', { outputFile: string }][] {
  const outputFile = process.env['NET_RESULTS']
  return outputFile === undefined ? [] : [['json', { outputFile }]]
}
