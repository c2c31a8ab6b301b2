/* One line of ssh_config: its keyword and its words, split as OpenSSH does. No I/O. */

/** A line that says something. */
export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string
  readonly words: readonly string[]
  /** What stands behind the keyword, as it is written. */
  readonly rest: string
}

/** Reads a line; undefined for empty ones and comments. Throws an Error that says what is wrong. */
export function readConfigLine(text: string): ConfigLine | undefined {
  const line = text.replace(/[\s\f]+$/, '').replace(/^\s+/, '')
  if (line === '' || line.startsWith('#')) return undefined
  const [, keyword = '', rest = ''] = LINE.exec(line) ?? []
  return { keyword: keyword.toLowerCase(), words: split(rest), rest }
}

/** Quotes hold blanks together, a backslash takes the meaning of what follows, and a # between words ends the line. */
function split(text: string): readonly string[] {
  const words: string[] = []
  let at = 0
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at += 1
    if (at >= text.length || text[at] === '#') return words
    const word = wordAt(text, at)
    words.push(word.text)
    at = word.end
  }
}

function wordAt(text: string, from: number): { readonly text: string; readonly end: number } {
  let quote = ''
  let word = ''
  let at = from
  for (; at < text.length; at++) {
    const [letter = '', next = ''] = text.slice(at, at + 2)
    if (quote === '' && BLANK.has(letter)) break
    if (isQuote(letter, quote)) quote = quote === '' ? letter : ''
    else if (letter === '\\' && isEscaped(next, quote)) {
      word += next
      at += 1
    } else word += letter
  }
  if (quote !== '') throw new Error('a quote is not closed')
  return { text: word, end: at }
}

/** Whether the letter begins a quote, or ends the one that is open. */
function isQuote(letter: string, quote: string): boolean {
  return quote === '' ? QUOTES.has(letter) : letter === quote
}

function isEscaped(letter: string, quote: string): boolean {
  return ESCAPED.has(letter) || (quote === '' && letter === ' ')
}

const BLANK: ReadonlySet<string> = new Set([' ', '\t'])
const QUOTES: ReadonlySet<string> = new Set(['"', "'"])
const LINE = /^"?([^\s="]+)"?(?:\s*=\s*|\s+|$)([\s\S]*)$/
const ESCAPED: ReadonlySet<string> = new Set(['"', "'", '\\'])
