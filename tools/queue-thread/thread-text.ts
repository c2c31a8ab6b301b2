// The text of the thread that has a file of jobs open: its sources without types, in one script, since a file of its own would have
// to be found beside a bundle. Knows nothing of what they do.
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'

/** The sources in the order in which they use each other. */
const sources = [
  'file-schema.ts',
  'file-row.ts',
  'file-lines.ts',
  'file-statements.ts',
  'file-endings.ts',
  'file-jobs.ts',
  'file-service.ts',
  'file-thread.ts',
]

/** The script, from the folder of the sources. */
export function threadScript(folder: string): string {
  const scripts = sources.map((name) => scriptOf(readFileSync(join(folder, name), 'utf8')))
  return [PRELUDE, ...scripts, 'runFileThread()', ''].join('\n')
}

/** The TypeScript file that holds the script. */
export function threadFile(script: string): string {
  return `/* The script of the thread, made by \`node tools/queue-thread/main.ts\`. */

/** What the thread runs. */
export const threadText: string = ${JSON.stringify(script)}
`
}

function scriptOf(source: string): string {
  return stripTypeScriptTypes(source)
    .replace(/^import[^;]*?from '[^']*'$/gmsu, '')
    .replace(/^export /gmu, '')
    .replace(/\/\*.*?\*\//gsu, '')
    .replace(/^\s*\/\/.*$/gmu, '')
    .replace(/[ \t]+$/gmu, '')
    .replace(/\n{2,}/gu, '\n')
    .trim()
}

/** Node 22 warns of its SQLite, which these packages are tested with. */
const PRELUDE = `'use strict'
const { statfsSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const emitWarning = process.emitWarning
process.emitWarning = () => {}
const { DatabaseSync } = require('node:sqlite')
process.emitWarning = emitWarning`
