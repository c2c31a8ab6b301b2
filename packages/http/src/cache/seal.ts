/* Credentials as a cache may keep them: a keyed digest, which tells two apart and reveals neither. */

/** The digest of the text under the key. */
export function seal(text: string, key: Uint8Array): string {
  const { createHmac } = process.getBuiltinModule('node:crypto')
  return createHmac('sha256', key).update(text).digest('base64url')
}
