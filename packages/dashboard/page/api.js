/*
 * The way to the server. The token comes from behind the # of the address, which browsers never send; it stays in this
 * tab and leaves the address bar at once.
 */

const KEY = 'net-dashboard-token'

/** @returns {string | null} */
function takeToken() {
  const given = location.hash.slice(1)
  if (given === '') return sessionStorage.getItem(KEY)
  sessionStorage.setItem(KEY, given)
  history.replaceState(null, '', location.pathname)
  return given
}

const token = takeToken()

/** Whether there is a token at all. */
export const hasToken = token !== null

/** An answer that is no success; `status` is its number. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} text
   */
  constructor(status, text) {
    super(text)
    this.status = status
  }
}

/**
 * The JSON at an address.
 * @param {string} path
 * @returns {Promise<unknown>}
 */
export async function get(path) {
  return (await request(path)).json()
}

/**
 * Sends JSON, and gives the JSON of the answer.
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<unknown>}
 */
export async function post(path, body = {}) {
  const headers = { 'content-type': 'application/json' }
  const answer = await request(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return answer.json()
}

/**
 * Saves what is at an address as a file.
 * @param {string} path
 * @param {string} name
 */
export async function save(path, name) {
  const blob = await (await request(path)).blob()
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/**
 * Reads a stream of events until it ends. EventSource cannot send the token.
 * @param {string} path
 * @param {(event: string, data: unknown) => void} hear
 * @param {AbortSignal} signal
 */
export async function stream(path, hear, signal) {
  const answer = await request(path, { signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) tellEvent(part, hear)
  }
}

/**
 * @param {string} part
 * @param {(event: string, data: unknown) => void} hear
 */
function tellEvent(part, hear) {
  let event = ''
  let data = ''
  for (const line of part.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data += line.slice(6)
  }
  if (event !== '') hear(event, JSON.parse(data))
}

/**
 * @param {string} path
 * @param {{ method?: string, body?: string, signal?: AbortSignal, headers?: Record<string, string> }} [init]
 */
async function request(path, init = {}) {
  const headers = { ...init.headers, authorization: `Bearer ${token ?? ''}` }
  const answer = await fetch(path, { ...init, headers })
  if (!answer.ok) throw new ApiError(answer.status, (await answer.text()).trim())
  return answer
}
