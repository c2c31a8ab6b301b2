// Writes the examples of the documents to `test/docs/.snippets/`, which git ignores, for tsc and the project `docs`.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace/packages.ts'
import { extract } from './extract.ts'

/** A written example. */
export interface WrittenSnippet {
  /** Such as `packages/http/README.md:12`. */
  readonly title: string
  /** Absolute. */
  readonly file: string
  readonly run: boolean
}

/** Extracts and writes all; returns them in the order of the documents. */
export function writeSnippets(): readonly WrittenSnippet[] {
  const documents = globSync(['README.md', 'packages/*/README.md', 'docs/guide/*.md'], {
    cwd: root,
  })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return documents.toSorted().flatMap(writeDocument)
}

function writeDocument(document: string): WrittenSnippet[] {
  return extract(readFileSync(join(root, document), 'utf8')).map(({ line, run, code }) => {
    const file = join(folder, `${document.replaceAll('/', '-').replace('.md', '')}-L${line}.ts`)
    writeFileSync(file, code)
    return { title: `${document}:${line}`, file, run }
  })
}

const folder = join(root, 'test/docs/.snippets')
