/* Redaction by name: fields, parameters and members of JSON whose names say that they hold a secret. */

/** Which names are secret. */
export type IsSecret = (name: string) => boolean

/** Whether a field, parameter or option of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** The names that are secret: those that say so, and these; letters count whatever their case. */
export function secretNames(more: readonly string[] = []): IsSecret {
  const own = new Set(more.map((each) => each.toLowerCase()))
  return (name) => isSecretName(name) || own.has(name.toLowerCase())
}

/**
 * A text of JSON without the values of secret members, however deep; numbers keep all of their digits, and a text without
 * secrets is given back as it is. Undefined for what is no JSON. `indent` lays it out anew, each level so many spaces in.
 */
export function jsonWithoutSecrets(
  text: string,
  isSecret: IsSecret,
  indent?: number,
): string | undefined {
  let isClean = true
  try {
    const value = exact.parse(text, (name, each, { source }) => {
      if (isSecret(name) && isWhole(each)) {
        isClean = false
        return STRUCK
      }
      const isRounded = typeof each === 'number' && source !== undefined && String(each) !== source
      return isRounded ? exact.rawJSON(source) : each
    })
    return isClean && indent === undefined ? text : JSON.stringify(value, undefined, indent)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A list of tokens is as secret as one; an object has names of its own. */
function isWhole(value: unknown): boolean {
  return value !== null && (typeof value !== 'object' || Array.isArray(value))
}

/** JSON as engines have it since 2023; `source` is the text of a value that is no object and no list. */
interface ExactJson {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): object
}

const exact = JSON as Omit<JSON, 'parse'> & ExactJson
const STRUCK = '[secret]'
const SECRET_NAME =
  /authorization|cookie|token|secret|passw|pwd|api[-_]?key|access[-_]?key|signature|credential|session|^(?:key|auth|sig|code|jwt)$/i
