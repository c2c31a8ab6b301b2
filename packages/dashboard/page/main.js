/* Begins the page: asks what there is to show, makes the views, and draws what changes once per frame. */

/** @import { AboutShown } from '../src/web/shown.ts' */

import { get, hasToken } from './api.js'
import { byId, el } from './dom.js'
import { Live } from './live.js'
import { Model } from './model.js'
import { OperationsView } from './operations-view.js'
import { PoolsView } from './pools-view.js'
import { ScenariosView } from './scenarios-view.js'
import { ServersView } from './servers-view.js'
import { beginTheme } from './theme.js'

beginTheme(byId('theme'))
if (hasToken)
  begin().catch((error) => say('refused', error instanceof Error ? error.message : String(error)))
else
  say('refused', 'Open the address that the program has printed: the part behind # is missing here')

async function begin() {
  const about = /** @type {AboutShown} */ (await get('/api/about'))
  const { epoch, title, pid, node, lab } = about
  document.title = `${title} · dashboard`
  byId('title').textContent = title
  byId('title').title = `process ${pid}, Node ${node}`
  const model = new Model()
  const now = () => Date.now() - epoch
  const views = [
    new OperationsView(model, { epoch, now }),
    new PoolsView(),
    ...(lab.servers > 0 ? [new ServersView()] : []),
    ...(lab.scenarios > 0 ? [new ScenariosView(lab.call)] : []),
  ]
  showViews(views)
  let isAsked = false
  const changed = () => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      for (const view of views) view.changed()
    })
  }
  setInterval(() => {
    for (const view of views) void view.tick()
  }, 1000)
  await new Live(model, { changed, state: say }).start()
}

/** @param {readonly { name: string, element: HTMLElement, tick(): unknown }[]} views */
function showViews(views) {
  const buttons = views.map((view) =>
    el('button', { type: 'button', text: view.name, onclick: () => show(view.name) }),
  )
  const show = (/** @type {string} */ name) => {
    for (const [at, view] of views.entries()) {
      view.element.hidden = view.name !== name
      buttons[at]?.setAttribute('aria-pressed', String(view.name === name))
      void view.tick()
    }
  }
  byId('views').replaceChildren(...buttons)
  byId('main').replaceChildren(...views.map(({ element }) => element))
  show(views[0]?.name ?? '')
}

/**
 * @param {string} state
 * @param {string} text
 */
function say(state, text) {
  const element = byId('state')
  element.dataset['state'] = state
  element.textContent = text
}
