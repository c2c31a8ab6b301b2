/*
 * `node --import @net/dashboard app.ts`: serves the page for a program that knows nothing of it. Whether this package was
 * loaded so is seen in the arguments of Node, so that an import of `attach` alone starts nothing.
 */

import { isError } from '@net/core/authoring'

import { attach, type Dashboard } from './attach.ts'
import { Reporter } from './processes/reporter.ts'

/** What the process was started with. */
export interface Start {
  readonly execArgv: readonly string[]
  /** Its children inherit what is added. */
  readonly env: Record<string, string | undefined>
}

/** Whether Node was told to load this package first. */
export function isPreloaded({ execArgv, env }: Start): boolean {
  const given = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/u)]
  return given.some((each, at) => {
    const [flag, name = given[at + 1]] = each.split('=', 2)
    return flag === '--import' && name === PACKAGE
  })
}

/**
 * Serves the page, and says where in one line. A program must not fail because nobody can watch it. The processes and
 * threads that it starts inherit the option; they serve no pages of their own, stay silent, and report to this one.
 */
export async function preload(
  { env }: Start,
  say: (line: string) => void,
): Promise<Dashboard | undefined> {
  const above = env[MARK]
  if (above !== undefined) {
    if (URL.canParse(above)) new Reporter(above).start()
    return undefined
  }
  env[MARK] = 'begins'
  const port = Number(env['NET_DASHBOARD_PORT'] ?? PORT)
  const names = (env['NET_DASHBOARD_ALLOW_HOST'] ?? '').split(',').filter((name) => name !== '')
  const listen = env['NET_DASHBOARD_LISTEN']
  try {
    const dashboard = await attach({ port, allowHosts: names, ...(listen ? { listen } : {}) })
    env[MARK] = dashboard.url
    say(`dashboard: ${dashboard.url}\n`)
    return dashboard
  } catch (error) {
    say(`dashboard: not served, ${isError(error) ? error.message : String(error)}\n`)
    return undefined
  }
}

const PACKAGE = '@net/dashboard'
const PORT = 4983
/** Stands in the environment of every process below the one that serves. */
const MARK = 'NET_DASHBOARD'
