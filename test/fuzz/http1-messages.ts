/* Messages of HTTP/1.1 that a generator makes up: right ones, and some with one thing in them that is odd or wrong. */

import * as fc from 'fast-check'

const line = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n')
const rare = <T>(usual: T, ...odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )

const statusLine = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 Not Found',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 204 None',
      'HTTP/1.1 304 Same',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200',
      'HTTP/1.1 200 ',
      'HTTP/1.1 20 OK',
      'HTTP/1.1 999 Odd',
      'HTTP/1.1  200 OK',
      'http/1.1 200 OK',
      'HTTP/1.9 200 OK',
    ),
  },
)

const field = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'a: 1',
      'Content-Type: text/plain',
      'x-long: some words here',
      'empty:',
      'date: today',
      'connection: close',
      'connection: keep-alive',
      'keep-alive: timeout=5',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'a : 1',
      'a(b): 1',
      ': 1',
      'noColon',
      'a: \u0001',
      'a: \u00e9',
      '\u00e9: 1',
      'a: 1\r\n 2',
      'a:\t1\t',
      'a: 1\r2',
    ),
  },
)

const chunked = fc
  .tuple(
    rare('5', '05', '5 ', '5;x=y', '5 ;x', '6', '0x5', '-5', 'z', '5;\u0001', '5 5'),
    line,
    rare('\r\n', '\n', '', 'x'),
    rare('0', '00', '0;x', '0 '),
    fc.constantFrom('', '', '', 'trailer: 1\r\n', 'bad trailer\r\n'),
  )
  .map(
    ([size, first, second, last, trailers]) =>
      `${size}${first}hello${second}${last}\r\n${trailers}\r\n`,
  )

const plain = rare('hello', '', 'hel', 'hello and more')

/** The fields that say how the body ends, and mostly such a body. */
const framed: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('content-length: 5'), plain) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('transfer-encoding: chunked'), chunked) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('x: y'), plain) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('content-length: 0'), fc.constant('')) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'content-length: 5\r\ncontent-length: 5',
        'content-length: 5, 5',
        'content-length: 5\r\ncontent-length: 6',
        'content-length: +5',
        'content-length: 0x5',
        'transfer-encoding: identity',
      ),
      plain,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'transfer-encoding: gzip, chunked',
        'transfer-encoding: chunked, identity',
        'transfer-encoding: Chunked',
        'content-length: 5\r\ntransfer-encoding: chunked',
        'transfer-encoding: xchunked',
        'transfer-encoding: chunked\r\ntransfer-encoding: chunked',
      ),
      chunked,
    ),
  },
)

const interim = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 103 Early\r\nlink: x\r\n\r\n',
      'HTTP/1.1 102 P\r\ncontent-length: 5\r\n\r\n',
    ),
  },
)

/** Answers, one character for each byte. */
export const answers: fc.Arbitrary<string> = fc
  .tuple(interim, statusLine, fc.array(field, { maxLength: 3 }), framed, line)
  .map(([before, start, fields, [frame, body], end]) => {
    const lines = [start, ...fields, frame].join('\r\n')
    return `${before}${lines}${end}\r\n${/ (?:204|304) /.test(start) ? '' : body}`
  })

const requestLine = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'GET / HTTP/1.1',
      'POST /a?b HTTP/1.1',
      'HEAD / HTTP/1.0',
      'OPTIONS * HTTP/1.1',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'GET /',
      'GET  / HTTP/1.1',
      'G(T / HTTP/1.1',
      'GET / HTTP/2.0',
      '\r\nGET / HTTP/1.1',
    ),
  },
)

/** Requests, one or two behind each other. */
export const requests: fc.Arbitrary<string> = fc
  .array(
    fc
      .tuple(requestLine, fc.array(field, { maxLength: 2 }), framed)
      .map(
        ([start, fields, [frame, rest]]) =>
          `${[start, 'host: a', ...fields, frame].join('\r\n')}\r\n\r\n${rest}`,
      ),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) => all.join(''))
