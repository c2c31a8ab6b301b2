/* In which manner an upload is done: from the start or behind what is there, under its name or a temporary one. */

import type { UploadOptions } from './client-options.ts'
import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import { checkPath } from './remote-path.ts'
import { resumeUpload } from './resume-upload.ts'
import type { Session } from './session.ts'
import { temporaryName, uploadAside } from './temporary-upload.ts'
import { upload, type UploadPlan } from './upload.ts'

/** Sends what the plan says in the manner of the options. */
export function uploadAs(
  session: Session,
  dialog: Dialog,
  plan: UploadPlan,
  { resume = false, temporary = false }: UploadOptions,
): Promise<TransferResult> {
  const send = resume ? resumeUpload : upload
  if (temporary === false) return send(session, dialog, plan)
  const name = temporary === true ? temporaryName(plan.path) : temporary(plan.path)
  checkPath('temporary', name, dialog.control.encoding)
  return uploadAside(session, dialog, { ...plan, temporary: name, keeps: resume }, (aside) =>
    send(session, dialog, aside),
  )
}
