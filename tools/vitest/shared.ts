// What both vitest configurations have in common: where @net/* resolves to, the watch over every test, the reports.
import { defaultServerConditions, type UserConfig } from 'vite'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import type { InlineConfig } from 'vitest/node'

/** Tests run from source, or from dist when NET_TEST_DIST is set. NET_RESULTS names a file for the counts. */
export const shared: UserConfig & { readonly test: InlineConfig } = {
  ssr: { resolve: { conditions: [...sourceCondition(), ...defaultServerConditions] } },
  test: {
    // A whole program as a child process takes its time on a busy machine.
    testTimeout: 30_000,
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

function sourceCondition(): string[] {
  return process.env['NET_TEST_DIST'] === undefined ? ['@net/source'] : []
}

function countsReporter(): ['json', { outputFile: string }][] {
  const outputFile = process.env['NET_RESULTS']
  return outputFile === undefined ? [] : [['json', { outputFile }]]
}
