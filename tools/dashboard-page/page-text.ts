// The files of the dashboard's page as one module, since files of their own would have to be found beside a bundle.
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const SERVED: ReadonlySet<string> = new Set(['.css', '.html', '.js', '.svg'])

/** The texts by name, from the folder of the page. */
export function pageTexts(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => SERVED.has(extname(name)))
  return Object.fromEntries(
    names.toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
}

/** The TypeScript file that holds them. */
export function pageModule(texts: Readonly<Record<string, string>>): string {
  return `/* The files of the page, made by \`node tools/dashboard-page/main.ts\`. */

/** Each by its name. */
export const pageText: Readonly<Record<string, string>> = ${JSON.stringify(texts, undefined, 2)}
`
}
