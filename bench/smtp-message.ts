/* The messages of the SMTP bench. */

const text = 'A line of text that says little but has the usual length of one.\n'.repeat(20)

/** A small one in two forms. */
export const small = {
  from: 'ada@example.com',
  to: 'bob@example.com',
  subject: 'A message to be measured',
  text,
  html: `<p>${text}</p>`,
}

/** As large as the small one is on the wire, but for its headers. */
export const SMALL_BYTES: number = text.length * 2 + 600

/** One with a file to come. */
export const largeHead = {
  from: small.from,
  to: small.to,
  subject: 'A file',
  text: 'See the file.\n',
}
