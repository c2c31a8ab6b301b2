/*
 * Who runs this process. In a container that runs under any number there may be no name and no home folder: the machine
 * has no entry for that user, and Node throws.
 */

import { homedir, userInfo } from 'node:os'

import { netError } from '@net/core/authoring'

/** The user's name. Throws `NET_BAD_OPTION` if there is none. */
export function localUser(ask: () => { readonly username: string } = userInfo): string {
  try {
    return ask().username
  } catch (cause) {
    throw netError('NET_BAD_OPTION', {
      message: 'the user who runs this process has no name here: pass user, or put it into the URL',
      cause,
    })
  }
}

/** The user's home folder; undefined if there is none. */
export function homeFolder(ask: () => string = homedir): string | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
