/* One message to one server, from the dial to the goodbye, as one call. */

import { inCall, operation, optionsDoor, type OptionsDoor } from '@net/core/authoring'
import type { Source } from '@net/core'

import { judged } from './client.ts'
import {
  connectSpellings,
  connectTable,
  sendTable,
  type AnySendOptions,
  type SmtpConnectOptions,
  type ResendOptions,
  type SendOptions,
  type SendRawOptions,
} from './client-options.ts'
import { deliver } from './delivery.ts'
import { farewell } from './farewell.ts'
import { patientRetry } from './greylisting.ts'
import type { Message } from './message.ts'
import { dialSession, planOf } from './opening-plan.ts'
import { prepareMail, recipientsShown, takeSource } from './prepared-mail.ts'
import { sendLimits } from './send-limits.ts'
import type { SendResult } from './send-result.ts'
import type { SmtpSession } from './session.ts'

/**
 * Connects as `connect` does, sends one message, says goodbye and closes: for programs that send now and then. Kind of call:
 * exchange; `timeout`, `signal` and `retry` are those of the whole call, and a recipient that the server puts off (450 and 451 to
 * RCPT, as greylisting does) is tried again after 5 minutes at the earliest. Rejects as `connect` and `send` of a client do.
 */
export function send(
  url: string | URL,
  message: Message,
  options?: SmtpConnectOptions & SendOptions,
): Promise<SendResult>
export function send(
  url: string | URL,
  raw: Source,
  options: SmtpConnectOptions & (SendRawOptions | ResendOptions),
): Promise<SendResult>
export async function send(
  url: string | URL,
  message: Message | Source,
  options?: OneSendOptions,
): Promise<SendResult> {
  inCall({ protocol: 'smtp', call: 'send' }, () => takeSource(message))
  const taken = oneSendOptions(options)
  const { plan, mail } = inCall({ protocol: 'smtp', call: 'send' }, () => {
    const plan = planOf(url, taken)
    const limits = sendLimits(taken.timeout, taken.defaults?.timeout)
    return { plan, mail: prepareMail(message, taken, { limits, dkim: plan.dkim }) }
  })
  const to = mail.envelope.recipients.map(({ address }) => address)
  const { signal, onProgress } = taken
  const retry = patientRetry(taken.retry ?? taken.defaults?.retry)
  const call = { signal, retry, onProgress, timeout: mail.limits.operation }
  const spec = {
    ...plan.identity,
    operation: 'send',
    target: recipientsShown(to),
    kind: 'exchange',
  } as const
  let done: SmtpSession | undefined
  try {
    return await operation(spec, call, (op) =>
      op.attempt(async (attempt) => {
        const session = await dialSession(op, plan)
        const delivering = session.during(op, () => deliver(op, attempt, { session, mail }))
        const result = await delivering.catch(async (error: unknown) => {
          if (!session.ended) await session.close()
          throw error
        })
        done = session
        return judged(result, taken.partial)
      }),
    )
  } finally {
    // Behind the call: how a server says goodbye changes nothing of what it has taken, nor does a signal or a limit.
    if (done !== undefined) await farewell(done)
  }
}

interface OneSendOptions extends SmtpConnectOptions, AnySendOptions {}

const oneSendOptions: OptionsDoor<OneSendOptions> = optionsDoor<OneSendOptions>(
  { protocol: 'smtp', call: 'send' },
  { ...connectTable, ...sendTable },
  connectSpellings,
)
