// Rolls the declarations of one entry up into a single text without comments, in a stable form.
// Knows nothing of where the text is kept.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'tsdown'

/** The declarations that users of `source` (in the package `folder`) see. */
export async function rollup(folder: string, source: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'net-api-'))
  try {
    await build({
      config: false,
      cwd: folder,
      entry: { api: source },
      outDir,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      fixedExtension: false,
      dts: { emitDtsOnly: true, sourcemap: false },
      deps: { onlyBundle: [] },
      publint: false,
      attw: false,
      report: false,
      logLevel: 'error',
    })
    return withoutComments(readFileSync(join(outDir, 'api.d.ts'), 'utf8'))
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

/** A declaration text without its comments and empty lines. */
export function withoutComments(text: string): string {
  const code = text.replace(/\/\*.*?\*\//gsu, '').replace(/^\s*\/\/.*$/gmu, '')
  return code
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}
