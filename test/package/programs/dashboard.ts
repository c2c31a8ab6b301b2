// Opens the dashboard of this program, and asks it for its page as a browser does.
import { attach } from '@net/dashboard'

async function main(): Promise<void> {
  const dashboard = await attach({ port: 0 })
  const { origin } = new URL(dashboard.url)
  const page = await fetch(`${origin}/`)
  const script = await fetch(`${origin}/page/main.js`)
  const isWhole = (await page.text()).includes('<!doctype html>') && script.status === 200
  await dashboard.close()
  console.log(isWhole ? 'done' : [page.status, script.status])
}

void main()
