/*
 * Percent signs in URLs. One that encodes nothing stands for itself, as in browsers and in curl: passwords have them.
 */

/** The text with what is percent-encoded in it decoded; what encodes no UTF-8 stays as it is. */
export function percentDecoded(text: string): string {
  return text.includes('%') ? text.replace(ENCODED, decodedRun) : text
}

function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}

const ENCODED = /(?:%[\da-f]{2})+/gi
