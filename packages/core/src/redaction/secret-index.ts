/*
 * Where held secrets stand in a text. Not a regular expression: its size is limited, and it would be compiled again
 * whenever a secret comes or goes; tokens have tens of thousands of characters, and services have thousands of tokens.
 */

/** Secrets in all forms in which they travel, found by their first four characters. */
export class SecretIndex {
  /** Values and forms of fewer characters are not looked for. */
  static readonly shortest = 4

  readonly #byHead = new Map<string, Form[]>()
  /** Which heads there may be: most positions of a text are passed with one look at it. */
  readonly #slots = new Uint32Array(SLOTS)
  /** Values whose forms were not needed yet. */
  readonly #fresh = new Set<string>()

  /** What may stand in a dictionary, or is a year: within a longer word it means something else. */
  static isWord(value: string): boolean {
    return WORD.test(value)
  }

  /** Looks for a value from now on; once for each value. */
  add(value: string): void {
    this.#fresh.add(value)
  }

  /** Looks for a value no longer. */
  delete(value: string): void {
    if (this.#fresh.delete(value)) return
    for (const form of formsOf(value)) this.#forget(form)
  }

  /** The text with `mark` in place of every form of those values that `isSought` names, the longest where several begin. */
  strike(text: string, isSought: (value: string) => boolean, mark: string): string {
    this.#takeFresh()
    let clean = ''
    let from = 0
    let at = this.#nextHead(text, 0)
    while (at < text.length) {
      const form = this.#formAt(text, at, isSought)
      if (form === undefined) {
        at = this.#nextHead(text, at + 1)
        continue
      }
      clean += text.slice(from, at) + mark
      from = at + form.text.length
      at = this.#nextHead(text, from)
    }
    return from === 0 ? text : clean + text.slice(from)
  }

  /** The next place from `at` on where a form may begin; the text's length if there is none. */
  #nextHead(text: string, at: number): number {
    const slots = this.#slots
    const end = text.length - SecretIndex.shortest
    for (let place = at, slot = slotAt(text, at, 3); place <= end; place += 1) {
      slot = next(slot, text.charCodeAt(place + 3))
      if (slots[slot] !== 0) return place
    }
    return text.length
  }

  #formAt(text: string, at: number, isSought: (value: string) => boolean): Form | undefined {
    const forms = this.#byHead.get(headAt(text, at))
    return forms?.find(
      (form) =>
        text.startsWith(form.text, at) &&
        (!form.isAlone || standsAlone(text, at, at + form.text.length)) &&
        isSought(form.value),
    )
  }

  #takeFresh(): void {
    if (this.#fresh.size === 0) return
    for (const value of this.#fresh) for (const form of formsOf(value)) this.#keep(form)
    this.#fresh.clear()
  }

  #keep(form: Form): void {
    const head = headAt(form.text, 0)
    const forms = this.#byHead.get(head)
    this.#count(form, 1)
    if (forms === undefined) {
      this.#byHead.set(head, [form])
      return
    }
    // Longest first, so that a secret that begins with another one is struck out whole.
    const place = forms.findIndex((each) => each.text.length <= form.text.length)
    forms.splice(place === -1 ? forms.length : place, 0, form)
  }

  #forget(form: Form): void {
    const head = headAt(form.text, 0)
    const forms = this.#byHead.get(head) ?? []
    const place = forms.findIndex((each) => each.text === form.text && each.value === form.value)
    if (place === -1) return
    this.#count(form, -1)
    forms.splice(place, 1)
    if (forms.length === 0) this.#byHead.delete(head)
  }

  #count(form: Form, change: number): void {
    const slot = slotAt(form.text, 0, SecretIndex.shortest)
    this.#slots[slot] = (this.#slots[slot] ?? 0) + change
  }
}

interface Form {
  readonly text: string
  readonly value: string
  /** A word is sought only where no letter or digit is beside it. */
  readonly isAlone: boolean
}

function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value, 'utf8')
  const base64 = bytes.toString('base64')
  const texts = new Set([
    value,
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams([['', value]]).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    JSON.stringify(value).slice(1, -1),
  ])
  return [...texts]
    .filter((text) => text.length >= SecretIndex.shortest)
    .map((text) => ({ text, value, isAlone: text === value && SecretIndex.isWord(value) }))
}

function headAt(text: string, at: number): string {
  return text.slice(at, at + SecretIndex.shortest)
}

/** A number that is the same for the same four characters; others may have it too. */
function slotAt(text: string, at: number, count: number): number {
  let slot = 0
  for (let place = at; place < at + count; place += 1) slot = next(slot, text.charCodeAt(place))
  return slot
}

/** What a character more makes of it; what the fourth one before it was, has left the number. */
function next(slot: number, code: number): number {
  return ((slot << 3) ^ code) & (SLOTS - 1)
}

function standsAlone(text: string, from: number, to: number): boolean {
  // Two units on each side, since a letter may be a pair of them.
  const before = text.slice(Math.max(from - 2, 0), from)
  return !/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(text.slice(to, to + 2))
}

const WORD = /^(?:\p{L}{1,12}|\d{1,8})$/u
const SLOTS = 4096
