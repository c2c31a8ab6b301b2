/* Names that a faulty or hostile peer may list. None of them must lead out of a folder. */

/** Names that mean another place, or nothing, on every system. */
const leading: readonly string[] = [
  '..',
  '.',
  '',
  '../x',
  '../../x',
  '/abs',
  '/etc/x',
  'a/../../b',
  'a/b',
  'a/',
  '/',
  '//',
  './x',
  '..//x',
  'nul\0',
  '\0',
  'in/../..',
]

/** Names that some systems take for something else. */
const odd: readonly string[] = [
  '..\\x',
  '\\x',
  'a\\b',
  'C:\\x',
  'C:x',
  'C:',
  '\\\\host\\share',
  'CON',
  'con',
  'PRN',
  'AUX.txt',
  'NUL',
  'nul.tar.gz',
  'COM1',
  'com9.log',
  'LPT1',
  'CONIN$',
  'x:stream',
  'x::$DATA',
  '...',
  'dot.',
  'dots...',
  'blank ',
  'cr\r',
  'lf\n',
  'crlf\r\nx',
  'tab\t',
  'esc\u001b[2J',
  'bell\u0007',
  'del\u007f',
  'c1\u0085',
  '\ud800',
  'low\udc00',
  'n'.repeat(256),
  'ä'.repeat(150),
]

/** Names that look strange and are fine. */
const fine: readonly string[] = [
  '..a',
  '-rf',
  '~',
  '$HOME',
  '`x`',
  'a b',
  '%2e%2e',
  '*',
  '?',
  '&amp;',
  '日本',
]

/**
 * Names that a server may list and a copy must not be led astray by: `leading` mean another place, or nothing, on every system;
 * `odd` mean something else on some, and a target may refuse them; `fine` look strange and are to arrive.
 */
export const hostileNames: {
  readonly leading: readonly string[]
  readonly odd: readonly string[]
  readonly fine: readonly string[]
} = { leading, odd, fine }
