/* The lab of the demo as a process of its own, and its page in a real browser. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import axe from 'axe-core'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** A lab that runs. */
export interface RunningLab extends AsyncDisposable {
  /** The address of its dashboard, with the token. */
  readonly url: string
}

/** Starts `demo lab` from source. */
export async function startLab(): Promise<RunningLab> {
  const main = join(import.meta.dirname, '../../../apps/demo/src/main.ts')
  const args = ['--conditions=@net/source', main, 'lab', '--port', '0']
  const lab = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  for await (const chunk of lab.stdout.setEncoding('utf8')) {
    text += String(chunk)
    if (text.includes('Ctrl-C')) break
  }
  const url = /Dashboard: (\S+)/u.exec(text)?.[1]
  if (url === undefined) throw new Error(`the lab printed no address: ${text}`)
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      lab.kill('SIGINT')
      await once(lab, 'exit')
    },
  }
}

/** A page of the dashboard, and what went wrong in it. */
export interface OpenPage {
  readonly page: Page
  /** What the console and the page's scripts complained of. */
  readonly complaints: readonly string[]
}

/** Starts Debian's Chromium without a window. */
export async function startBrowser(executablePath: string): Promise<Browser> {
  // Root has no sandbox in a container; what it opens is ours alone.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Opens the page, and waits until it is live. */
export async function openPage(context: BrowserContext, url: string): Promise<OpenPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  await page.locator('#state[data-state=live]').waitFor()
  return { page, complaints }
}

/** Runs a scenario by its button, and gives what the page says of it. */
export async function runScenario(page: Page, title: string): Promise<string> {
  await page.getByRole('button', { name: 'Scenarios' }).click()
  const card = page.locator('article', { hasText: title })
  await card.getByRole('button', { name: `Run: ${title}` }).click()
  const result = card.locator('.result:not([data-outcome=running])')
  await result.waitFor()
  return (await result.textContent()) ?? ''
}

/** What axe finds wrong with the page for people who use it otherwise; by some of its rules, or by all. */
export async function violations(page: Page, rules: string[] = []): Promise<string[]> {
  // Given to the debugger, not to the page, whose policy takes no foreign script.
  await page.evaluate(axe.source)
  return page.evaluate(async (rules) => {
    const { axe: given } = globalThis as unknown as { axe: typeof axe }
    const found = await given.run(rules.length === 0 ? {} : { runOnly: rules })
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    )
  }, rules)
}
