/* What a server says of a listing in words alone: that it is not all, or that there is nothing to list. */

import type { NetError, PeerReply } from '@net/core'
import { netError } from '@net/core/authoring'

import type { FtpReply } from '../reply.ts'

/** `NET_PROTO_INCOMPLETE` if a reply of success says that something is missing; `path` is the name that it may repeat. */
export function cutShort({ status, text }: FtpReply, path: string): NetError | undefined {
  if (!CUT_SHORT.test(withoutNames(text, path))) return undefined
  return netError('NET_PROTO_INCOMPLETE', {
    message: `the server sent only a part: ${text}`,
    reply: { status, text },
    phase: 'receive',
  })
}

/** Whether a refusal says that the folder is there and has nothing in it. */
export function isAboutEmptiness(reply: PeerReply | undefined): boolean {
  const { status, text = '' } = reply ?? {}
  return (status === 450 || status === 550) && EMPTY.test(text)
}

/** The text without this name and without others in quotes: a name may hold any word, and any figure. */
export function withoutNames(text: string, path: string): string {
  const isLetter = (at: number): boolean => /\w/.test(text.charAt(at))
  return text
    .replaceAll(path, (name, at: number) =>
      isLetter(at - 1) || isLetter(at + path.length) ? name : '',
    )
    .replaceAll(/"[^\n]*"/g, '')
}

// pure-ftpd: "Output truncated to 10000 matches"; vsftpd: "Transfer done (but failed to open directory)."
const CUT_SHORT =
  /truncated|incomplete|\babort|failed to open|could not (?:be )?(?:open|read)|restarting at|too many (?:files|entries)/i
const EMPTY =
  /\bno (?:such )?(?:files?|entries|matches|data sets|members) (?:were )?found\b|\b(?:directory|folder) is empty\b/i
