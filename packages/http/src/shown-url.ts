/* URLs as they are printed. */

import { isSecretName } from '@net/core/authoring'

/** The URL as it is printed: without the values of secret parameters. */
export function shownUrl(href: string): string {
  return href.replace(/([?&])([^=&#]*)=([^&#]*)/g, (whole, mark: string, name: string) =>
    isSecretName(name) ? `${mark}${name}=[secret]` : whole,
  )
}
