/* Names that say that what they name is a secret, of header fields, parameters and form fields. */

/** Whether a field, parameter or option of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** The URL as it is printed: without the values of secret parameters. */
export function shownUrl(href: string): string {
  return href.replace(/([?&])([^=&#]*)=([^&#]*)/g, (whole, mark: string, name: string) =>
    isSecretName(name) ? `${mark}${name}=[secret]` : whole,
  )
}

const SECRET_NAME =
  /authorization|cookie|token|secret|passw|pwd|api-?_?key|access-?_?key|signature|credential|session|^(?:key|auth|sig|code|jwt)$/i
