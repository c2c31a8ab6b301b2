/* In which manner an upload is done: from the start or behind what is there, under its name or a temporary one. */

import type { NextAttempt } from './call-plans.ts'
import type { Dialog } from './dialog.ts'
import type { TransferResult } from './entry.ts'
import type { NamesInUse } from './names-in-use.ts'
import { checkPath } from './remote-path.ts'
import { resumeUpload } from './resume-upload.ts'
import type { Session } from './session.ts'
import { temporaryName, uploadAside } from './temporary-upload.ts'
import { upload, type UploadPlan } from './upload.ts'

/** What is sent, and the temporary names to which the client is sending already. */
export interface MannerPlan extends UploadPlan {
  readonly names: NamesInUse
}

/** Sends what the plan says in the manner of this attempt. */
export function uploadAs(
  session: Session,
  dialog: Dialog,
  { names, ...plan }: MannerPlan,
  { options: { resume = false, temporary = false }, isRepeat }: NextAttempt,
): Promise<TransferResult> {
  const send = (whole: UploadPlan): Promise<TransferResult> =>
    resume ? resumeUpload(session, dialog, { ...whole, isRepeat }) : upload(session, dialog, whole)
  if (temporary === false) return resume ? send(plan) : send({ ...plan, isLast: true })
  const name = temporary === true ? temporaryName(plan.path) : temporary(plan.path)
  checkPath('temporary', name, dialog.control.encoding)
  const aside = { temporary: name, keeps: resume && !isRepeat, isOurs: isRepeat }
  return names.during(name, () => uploadAside(session, dialog, { ...plan, ...aside }, send))
}
