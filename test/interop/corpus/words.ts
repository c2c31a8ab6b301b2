// Text by lot, of every script that Unicode has, and of what has a meaning of its own somewhere in a message.
import type { Random } from '../../soak/random.ts'

/** So many words with a space between them. */
export function words(random: Random, count: number): string {
  return Array.from({ length: count }, () => word(random)).join(' ')
}

/** So many lines of which some are empty and some begin with a dot; without an end behind the last. */
export function lines(random: Random, count: number): string {
  const line = (): string => `${random.chance(0.25) ? '.' : ''}${words(random, random.below(12))}`
  return Array.from({ length: count }, line).join('\n')
}

/** A name of one to three words, so short that it is one encoded word: Python 3.11 puts a space between two. */
export function shortName(random: Random): string {
  let name = word(random)
  while (Buffer.byteLength(name) > LONGEST_NAME) name = word(random)
  for (let more = random.below(3); more > 0; more--) {
    const longer = `${name} ${word(random)}`
    if (Buffer.byteLength(longer) <= LONGEST_NAME) name = longer
  }
  return name
}

function word(random: Random): string {
  return random.chance(0.5) ? random.pick(SPECIAL) : (LETTERS[random.below(LETTERS.length)] ?? 'x')
}

/** A word of neighbours in Unicode for each stretch of it that has letters. */
function lettersOfUnicode(): readonly string[] {
  const found: string[] = []
  for (let start = 0xa0; start < LAST; start += STRETCH) {
    if (LARGE_SCRIPTS.some(([from, to]) => start >= from && start < to && start % SELDOM !== 0))
      continue
    const letters = Array.from({ length: STRETCH }, (_, at) => String.fromCodePoint(start + at))
      .filter((letter) => /\p{L}/u.test(letter))
      .slice(0, WORD)
    if (letters.length === WORD) found.push(letters.join(''))
  }
  return found
}

const LONGEST_NAME = 39
const STRETCH = 32
const WORD = 4
const LAST = 0x1_fc00
/** Those of thousands of letters: Han, Hangul and Tangut; of these a word in so many code points is enough. */
const LARGE_SCRIPTS = [
  [0x3400, 0xa000],
  [0xac00, 0xd800],
  [0x1_7000, 0x1_8d00],
] as const
const SELDOM = 1024
const LETTERS = lettersOfUnicode()
const SPECIAL = [
  'plain',
  'Grüße',
  '你好',
  'Привет',
  'שלום',
  'مرحبا',
  '日本語',
  '한국어',
  'naïve',
  '🚲',
  'x'.repeat(120),
  'a=b',
  '"quoted"',
  'semi;colon',
  "it's",
  'Ω≈ç',
  'dot.',
  '%20',
  'tab',
  'end',
] as const
