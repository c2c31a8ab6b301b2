/* Logging in with the keys of an agent: all of them, or those that the caller names. */

import {
  harmless,
  inCall,
  netError,
  option,
  optionsDoor,
  type OptionsDoor,
} from '@net/core/authoring'

import { agentKeys, agentSignature } from './agent.ts'
import { shownKeys } from './identity-files.ts'
import { keySource, type KeySource } from './key-source.ts'
import { algorithmsOf } from './signatures.ts'
import type { Signer } from './signer.ts'
import { FieldReader } from './wire.ts'

/** Options of `agent`. */
export interface AgentOptions {
  /** The agent's Unix socket, or its pipe on Windows. Default `SSH_AUTH_SOCK`, on Windows `\\.\pipe\openssh-ssh-agent`. */
  readonly socket?: string | undefined
  /**
   * The only keys that are offered, in this order: public keys, certificates, or private keys, of which the public half is
   * read without a passphrase where their format tells it. Default all keys of the agent, in its order.
   */
  readonly keys?: readonly KeySource[] | undefined
}

/** An agent to log in with. */
export interface AgentAuth {
  readonly method: 'agent'
  readonly socket: string
  /** The keys that may be offered, each read when it is needed; undefined for all. */
  readonly keys: readonly KeySource[] | undefined
  /** Whether an agent that does not answer only means that there are no keys. Default false. */
  readonly isLenient?: boolean | undefined
}

/**
 * Logs in with keys that an agent has; keys of every type, also of security devices and with certificates, since the agent
 * signs. The server is asked first which of them would do. Throws `NET_BAD_OPTION` where no agent is known.
 */
export function agent(options?: AgentOptions): AgentAuth {
  const { socket = defaultAgent(), keys } = agentOptions(options)
  if (socket === undefined) {
    throw netError('NET_BAD_OPTION', {
      protocol: 'ssh',
      operation: 'agent',
      message:
        "no agent is known: SSH_AUTH_SOCK is not set; pass its socket, agent({ socket: '…' })",
    })
  }
  const sources = inCall({ protocol: 'ssh', call: 'agent' }, () =>
    keys?.map((source) => keySource(source)),
  )
  return Object.freeze({ method: 'agent', socket, keys: sources })
}

/** Where this user's agent is; undefined if none is known. */
export function defaultAgent(): string | undefined {
  const { SSH_AUTH_SOCK: socket } = process.env
  if (socket !== undefined && socket !== '') return socket
  return process.platform === 'win32' ? WINDOWS : undefined
}

/** The keys of the agent that may be offered. Rejects as `agentKeys`, and with what reading the named keys rejects with. */
export async function agentSigners(
  auth: AgentAuth,
  signal: AbortSignal,
): Promise<readonly Signer[]> {
  const listed = await agentKeys(auth.socket, signal).catch((error: unknown) => {
    if (auth.isLenient !== true || signal.aborted) throw error
    return []
  })
  const all = listed
    .filter(({ blob }) => typeOf(blob) !== '')
    .map(({ blob, comment }) => agentSigner(auth.socket, blob, comment))
  if (auth.keys === undefined) return all
  const wanted = (await Promise.all(auth.keys.map(shownKeys))).flat()
  return wanted.flatMap((blob) => all.filter((signer) => Buffer.from(signer.blob).equals(blob)))
}

/** A key that the agent signs with. */
export function agentSigner(socket: string, blob: Uint8Array, comment: string): Signer {
  const type = typeOf(blob)
  return Object.freeze({
    blob,
    algorithms: algorithmsOf(type),
    asks: true,
    label: `agent key ${comment === '' ? type : harmless(comment)}`,
    sign: (data: Uint8Array, algorithm: string, signal: AbortSignal) =>
      agentSignature(socket, { blob, data, algorithm }, signal),
  })
}

/** Empty for what is no key; agents give such for what only they can read. */
function typeOf(blob: Uint8Array): string {
  try {
    return new FieldReader(blob).text()
  } catch {
    return ''
  }
}

const agentOptions: OptionsDoor<AgentOptions> = optionsDoor<AgentOptions>(
  { protocol: 'ssh', call: 'agent' },
  { socket: option.text, keys: option.list(option.anything) },
  { path: 'socket', key: 'keys: […]', identities: 'keys' },
)
const WINDOWS = String.raw`\\.\pipe\openssh-ssh-agent`
