/* The third view: servers, roads and queues of a lab, with what they hold, and the faults that they can be given. */

/** @import { FileShown, MailShown, ServerShown, ServerSummary } from '../src/web/shown.ts' */

import { get, post } from './api.js'
import { el } from './dom.js'
import { bytes } from './format.js'
import { jobsPart } from './jobs-part.js'

/** The view. */
export class ServersView {
  name = 'Servers'
  #tabs = el('div', { class: 'chips', role: 'group', 'aria-label': 'Servers' })
  #body = el('div', { class: 'server' })
  #said = el('p', { role: 'status', class: 'said' })
  #open = ''
  /** What was drawn last, so that nothing is drawn twice. */
  #drawn = ''
  /** What is open of the server: a mail or a file. */
  #content = el('div', { class: 'content' })
  element

  constructor() {
    this.element = el(
      'section',
      { 'aria-label': 'Servers', class: 'servers' },
      this.#tabs,
      this.#said,
      this.#body,
      this.#content,
    )
  }

  changed() {}

  async tick() {
    if (this.element.hidden) return
    if (this.#tabs.childElementCount === 0) await this.#list()
    if (this.#open === '') return
    const server = /** @type {ServerShown} */ (
      await get(`/api/servers/${encodeURIComponent(this.#open)}`)
    )
    const text = JSON.stringify(server)
    if (text === this.#drawn) return
    this.#drawn = text
    this.#draw(server)
  }

  async #list() {
    const servers = /** @type {readonly ServerSummary[]} */ (await get('/api/servers'))
    const tabs = servers.map(({ name, protocol }) =>
      el('button', {
        type: 'button',
        class: 'chip',
        'aria-pressed': String(name === this.#open),
        text: name === protocol ? name : `${name} (${protocol})`,
        onclick: (/** @type {Event} */ event) =>
          this.#choose(name, /** @type {HTMLElement} */ (event.currentTarget)),
      }),
    )
    this.#tabs.replaceChildren(...tabs)
    tabs[0]?.click()
  }

  /**
   * @param {string} name
   * @param {HTMLElement} tab
   */
  #choose(name, tab) {
    for (const each of this.#tabs.children) each.setAttribute('aria-pressed', String(each === tab))
    this.#open = name
    this.#drawn = ''
    this.#content.replaceChildren()
    this.#said.textContent = ''
    void this.tick()
  }

  /** @param {ServerShown} server */
  #draw({ name, url, about, login, faults, inbox, firstMail, tree, table, jobs }) {
    this.#body.replaceChildren(
      ...[
        about === undefined ? undefined : el('p', { text: about }),
        url === undefined ? undefined : addressPart(url, login),
        this.#faultsPart(name, faults),
        inbox === undefined ? undefined : this.#inboxPart(name, inbox, firstMail),
        tree === undefined ? undefined : this.#treePart(name, tree),
        jobs === undefined ? undefined : this.#jobsPart(name, jobs),
        table === undefined ? undefined : tablePart(table),
      ].filter((part) => part !== undefined),
    )
  }

  /**
   * @param {string} server
   * @param {readonly string[]} faults
   */
  #faultsPart(server, faults) {
    if (faults.length === 0) return undefined
    const buttons = faults.map((fault) =>
      el('button', {
        type: 'button',
        class: 'fault',
        text: fault,
        onclick: async () => {
          await post(`/api/servers/${encodeURIComponent(server)}/faults`, { fault })
          this.#said.textContent = `Armed: ${fault}. The next call that meets it fails so.`
        },
      }),
    )
    return el(
      'section',
      {},
      el('h2', { text: 'Let it fail' }),
      el('div', { class: 'chips' }, ...buttons),
    )
  }

  /**
   * @param {string} server
   * @param {NonNullable<ServerShown['inbox']>} inbox
   * @param {number} first
   */
  #inboxPart(server, inbox, first) {
    const mails = inbox.map(({ from, to, subject }, at) =>
      el(
        'li',
        {},
        el('button', {
          type: 'button',
          class: 'link',
          text: subject === '' ? '(no subject)' : subject,
          onclick: () => void this.#openMail(server, first + at),
        }),
        ` from ${from} to ${to.join(', ')}`,
      ),
    )
    const list =
      mails.length === 0 ? el('p', { text: 'No mail yet' }) : el('ol', { class: 'inbox' }, ...mails)
    return el('section', {}, el('h2', { text: 'Inbox' }), list)
  }

  /**
   * @param {string} server
   * @param {number} at
   */
  async #openMail(server, at) {
    const mail = /** @type {MailShown} */ (
      await post(`/api/servers/${encodeURIComponent(server)}/mails/${at}`)
    )
    const attachments = (mail.attachments ?? []).map((each) => `${each.name}, ${bytes(each.size)}`)
    const body =
      mail.frame === undefined
        ? el('pre', { tabindex: 0, text: mail.text })
        : el('iframe', { sandbox: '', src: mail.frame, title: 'The mail as it was written' })
    this.#show(
      mail.subject === '' ? '(no subject)' : mail.subject,
      el('p', { text: `From ${mail.from} to ${mail.to.join(', ')}` }),
      body,
      attachments.length === 0
        ? undefined
        : el('p', { text: `Attached: ${attachments.join('; ')}` }),
      el(
        'details',
        {},
        el('summary', { text: 'As it came' }),
        el('pre', { tabindex: 0, text: mail.raw }),
      ),
    )
  }

  /**
   * @param {string} server
   * @param {NonNullable<ServerShown['tree']>} tree
   */
  #treePart(server, tree) {
    const files = tree.map(({ path, size }) =>
      el(
        'li',
        {},
        el('button', {
          type: 'button',
          class: 'link',
          text: path,
          onclick: () => void this.#openFile(server, path),
        }),
        ` ${bytes(size)}`,
      ),
    )
    const list =
      files.length === 0 ? el('p', { text: 'No files yet' }) : el('ul', { class: 'tree' }, ...files)
    return el('section', {}, el('h2', { text: 'Files' }), list)
  }

  /**
   * @param {string} server
   * @param {string} path
   */
  async #openFile(server, path) {
    const query = new URLSearchParams({ path })
    const file = /** @type {FileShown} */ (
      await get(`/api/servers/${encodeURIComponent(server)}/file?${query}`)
    )
    const cut = file.size > file.text.length ? `, the first ${bytes(file.text.length)} of them` : ''
    this.#show(
      path,
      el('p', { text: `${bytes(file.size)}${cut}` }),
      el('pre', { tabindex: 0, text: file.text }),
    )
  }

  /**
   * @param {string} server
   * @param {NonNullable<ServerShown['jobs']>} jobs
   */
  #jobsPart(server, jobs) {
    return jobsPart(server, jobs, {
      show: (title, ...parts) => this.#show(title, ...parts),
      say: (text) => {
        this.#said.textContent = text
        void this.tick()
      },
    })
  }

  /**
   * @param {string} title
   * @param {...(Node | undefined)} parts
   */
  #show(title, ...parts) {
    const close = el('button', {
      type: 'button',
      text: 'Close',
      onclick: () => this.#content.replaceChildren(),
    })
    this.#content.replaceChildren(
      el('div', { class: 'detail-head' }, el('h2', { text: title }), close),
      ...parts.filter((part) => part !== undefined),
    )
    this.#content.scrollIntoView({ block: 'nearest' })
  }
}

/**
 * @param {string} url
 * @param {{ user: string, password: string } | undefined} login
 */
function addressPart(url, login) {
  const words = login === undefined ? '' : `, user ${login.user}, password ${login.password}`
  return el('p', { class: 'address' }, el('code', { text: url }), words)
}

/** @param {{ columns: readonly string[], rows: readonly (readonly string[])[] }} table */
function tablePart({ columns, rows }) {
  const head = el('tr', {}, ...columns.map((text) => el('th', { scope: 'col', text })))
  // The newest first.
  const body = rows
    .toReversed()
    .map((row) => el('tr', {}, ...row.map((text) => el('td', { text }))))
  return el(
    'section',
    {},
    el('h2', { text: 'What it saw' }),
    rows.length === 0
      ? el('p', { text: 'Nothing yet' })
      : el(
          'div',
          { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What it saw' },
          el('table', { class: 'wide' }, el('thead', {}, head), el('tbody', {}, ...body)),
        ),
  )
}
