/*
 * What can be asked of a server for one message beyond its delivery, as parameters of MAIL and RCPT: reports (DSN, RFC
 * 3461), TLS on the whole way (RFC 8689), priority (RFC 6710) and a time limit (RFC 2852). What a server does not offer
 * is refused, never left out.
 */

import {
  netError,
  option,
  optionsObject,
  shape,
  type OptionTable,
  type Taken,
} from '@net/core/authoring'

import { isInternational } from './address.ts'
import type { SmtpCapabilities } from './capabilities.ts'

/** Which reports the sender wants of the delivery (DSN). */
export interface DsnOptions {
  /** When a report is sent: a list of these, or never. Default as the servers on the way like, mostly on failure. */
  readonly notify?: 'never' | readonly ('success' | 'failure' | 'delay')[] | undefined
  /** Whether a report of failure has the whole message or its headers. Default as the server likes. */
  readonly return?: 'full' | 'headers' | undefined
  /** A word that the reports repeat, by which the sender knows the message; printable ASCII. */
  readonly envid?: string | undefined
  /** By recipient, as it is given: the address that the reports name, where it was another one in the beginning. */
  readonly originalRecipients?: Readonly<Record<string, string>> | undefined
}

/** By when a message is to be delivered. */
export interface DeliverByOptions {
  /** From now on. */
  readonly seconds: number
  /** What happens then: the message comes back, or goes on and the sender gets a notice. Default `return`. */
  readonly otherwise?: 'return' | 'notify' | undefined
}

/** What is asked for one message. */
export interface ExtensionOptions {
  /** Which reports the sender wants (RFC 3461). `NET_UNSUPPORTED` where the server has no DSN. */
  readonly dsn?: DsnOptions | undefined
  /** Whether each server on the way has to use TLS that it has verified, or return the message (RFC 8689). Default false. */
  readonly requireTls?: boolean | undefined
  /** How urgent it is for servers, from -9 to 9 (MT-PRIORITY, RFC 6710); says nothing to who reads it. Default as servers like. */
  readonly priority?: number | undefined
  /** By when it is to be delivered (RFC 2852). Default no limit. */
  readonly deliverBy?: DeliverByOptions | undefined
}

const envid = shape<string>(
  'a word of printable ASCII, up to 100 characters',
  (value) => typeof value === 'string' && /^[!-~]{1,100}$/.test(value),
)

/** What these options may be. */
export const extensionTable: OptionTable<ExtensionOptions> = {
  dsn: optionsObject<DsnOptions>(
    {
      notify: option.either<NonNullable<DsnOptions['notify']>>([
        option.oneOf('never'),
        option.list(option.oneOf('success', 'failure', 'delay')),
      ]),
      return: option.oneOf('full', 'headers'),
      envid,
      originalRecipients: option.record(option.text),
    },
    { ret: 'return', id: 'envid', recipient: 'originalRecipients' },
  ),
  requireTls: option.flag,
  priority: option.between(-9, 9),
  // As a choice of one, so that what it needs is needed only where it is given.
  deliverBy: option.either([
    optionsObject<DeliverByOptions>({
      seconds: option.required(option.between(1, 999_999_999)),
      otherwise: option.oneOf('return', 'notify'),
    }),
  ]),
}

/** The parameters of one message, each with a space before it. */
export interface ExtensionParameters {
  readonly mail: string
  /** Those of a recipient, under the name that the caller gave. */
  rcpt(given: string): string
}

/** The parameters for a server. Throws `NET_UNSUPPORTED` for what it does not offer. */
export function extensionParameters(
  options: Taken<ExtensionOptions>,
  capabilities: SmtpCapabilities,
  encrypted: boolean,
): ExtensionParameters {
  const { dsn, requireTls = false, priority, deliverBy } = options
  const isPlain = dsn === undefined && priority === undefined && deliverBy === undefined
  if (isPlain && !requireTls) return NOTHING_ASKED
  refuseMissing(options, capabilities, encrypted)
  const mail = [
    reportParameters(dsn),
    requireTls ? ' REQUIRETLS' : '',
    priority === undefined ? '' : ` MT-PRIORITY=${priority}`,
    byParameter(deliverBy, capabilities),
  ]
  return { mail: mail.join(''), rcpt: (given) => recipientParameters(dsn, given) }
}

function refuseMissing(
  options: Taken<ExtensionOptions>,
  { extensions }: SmtpCapabilities,
  encrypted: boolean,
): void {
  for (const [wanted, name] of NEEDS) {
    const value = options[wanted]
    if (value === undefined || value === false) continue
    if (wanted === 'requireTls' && !encrypted) throw unprotected()
    if (!extensions.has(name)) throw missing(name, wanted)
  }
}

function reportParameters(dsn: DsnOptions | undefined): string {
  const returned =
    dsn?.return === undefined ? '' : ` RET=${dsn.return === 'full' ? 'FULL' : 'HDRS'}`
  return returned + (dsn?.envid === undefined ? '' : ` ENVID=${xtext(dsn.envid)}`)
}

function recipientParameters(dsn: DsnOptions | undefined, given: string): string {
  const { notify, originalRecipients = {} } = dsn ?? {}
  const original = Object.hasOwn(originalRecipients, given) ? originalRecipients[given] : undefined
  const when = notify === 'never' ? 'NEVER' : notify?.map((each) => each.toUpperCase()).join(',')
  return [
    when === undefined || when === '' ? '' : ` NOTIFY=${when}`,
    original === undefined ? '' : ` ORCPT=${addressType(original)}`,
  ].join('')
}

/** An address as reports name it (RFC 3461, section 4.2, and RFC 6533, section 3). */
function addressType(address: string): string {
  if (!isInternational(address)) return `rfc822;${xtext(address)}`
  const text = Array.from(address, (each) =>
    isInternational(each) || !/[!-*,-<>-[\]-~]/.test(each)
      ? String.raw`\x{${(each.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`
      : each,
  )
  return `utf-8;${text.join('')}`
}

/** Text of which nothing is a space or means something (RFC 3461, section 4). */
function xtext(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const isPlain = byte > 32 && byte < 127 && byte !== PLUS && byte !== EQUALS
    if (isPlain) return String.fromCodePoint(byte)
    return `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function byParameter(
  deliverBy: DeliverByOptions | undefined,
  { extensions }: SmtpCapabilities,
): string {
  if (deliverBy === undefined) return ''
  const { seconds, otherwise } = deliverBy
  const fewest = Number(/^\d+/.exec(extensions.get('DELIVERBY') ?? '')?.[0] ?? 0)
  if (otherwise === 'notify') return ` BY=${seconds};N`
  if (seconds >= fewest) return ` BY=${seconds};R`
  throw netError('NET_UNSUPPORTED', {
    message: `the server takes no deliverBy of less than ${fewest} seconds`,
    limit: fewest * 1000,
  })
}

function missing(name: string, wanted: string): Error {
  return netError('NET_UNSUPPORTED', {
    message: `the server does not offer ${name}, which ${wanted} needs`,
  })
}

function unprotected(): Error {
  return netError('NET_TLS_UNAVAILABLE', {
    message: 'requireTls asks for TLS on the whole way, and this connection has none',
  })
}

const NOTHING_ASKED: ExtensionParameters = { mail: '', rcpt: () => '' }
const NEEDS: readonly (readonly [keyof ExtensionOptions, string])[] = [
  ['dsn', 'DSN'],
  ['priority', 'MT-PRIORITY'],
  ['deliverBy', 'DELIVERBY'],
  ['requireTls', 'REQUIRETLS'],
]
const PLUS = 0x2b
const EQUALS = 0x3d
