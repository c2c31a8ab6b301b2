/* What the sidebar of the site shows. */

import { matchesGlob } from 'node:path'

import type { Page } from './pages.ts'

/** In a group, files come in the order of its patterns. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Start: ['docs/index.md', 'docs/why.md', 'docs/start.md', 'docs/glossary.md'],
  'For every protocol': [
    'docs/guide/errors.md',
    'docs/guide/time-and-retries.md',
    'docs/guide/cancellation.md',
    'docs/guide/tls.md',
    'docs/guide/proxies.md',
    'docs/guide/logging.md',
    'docs/guide/testing.md',
    'docs/guide/concurrency.md',
    'docs/guide/bundling.md',
  ],
  'By protocol': [
    'docs/guide/http.md',
    'docs/guide/http-streams.md',
    'docs/guide/ftp.md',
    'docs/guide/smtp.md',
    'docs/guide/ssh.md',
    'docs/guide/sftp.md',
    'docs/guide/files.md',
    'docs/guide/!(*from*).md',
  ],
  'Coming from': ['docs/guide/from-python.md', 'docs/guide/*-from-*.md'],
  Packages: ['packages/*/*', 'apps/*/*'],
  Reference: ['docs/errors.md', 'docs/capabilities.md', 'bench/README.md', 'etc/*'],
  'How peers behave': ['docs/peers/*'],
  'The project': ['*.md', 'docs/decisions/*'],
}

/** A heading with its pages. */
export interface Group {
  readonly text: string
  readonly items: readonly { readonly text: string; readonly link: string }[]
}

/** Each page stands in the first group that names it. */
export function sidebar(pages: readonly Page[]): readonly Group[] {
  const left = new Set(pages)
  return Object.entries(GROUPS).map(([text, patterns]) => {
    const found = patterns.flatMap((pattern) =>
      [...left].filter((page) => matchesGlob(page.file, pattern) && left.delete(page)),
    )
    return { text, items: found.map(({ title, routePath }) => ({ text: title, link: routePath })) }
  })
}
