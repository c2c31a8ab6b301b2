/* Keys in a login, one after the other: of a file, or all that an agent has. */

import type { LoginAnswer } from '../engine/ssh2.ts'
import { SigningRefused, type Signer } from '../identity/signer.ts'
import { plainType, algorithmOf } from '../identity/signatures.ts'
import { answerOf, send, whileOpen, type LoginRun, type Offer } from './offer.ts'
import { keyProof, keyQuestion } from './user-auth.ts'

/** Keys that are found only when their turn has come. */
export class KeyOffer implements Offer {
  readonly #find: () => Promise<readonly Signer[]>
  readonly #login: LoginRun
  #keys: { readonly signer: Signer; state: Offer['state'] }[] | undefined

  constructor(find: () => Promise<readonly Signer[]>, login: LoginRun) {
    this.#find = find
    this.#login = login
  }

  get state(): Offer['state'] {
    if (this.#keys === undefined) return 'fresh'
    const states = this.#keys.map(({ state }) => state)
    return ORDER.find((state) => states.includes(state)) ?? 'spent'
  }

  fits(methods: readonly string[]): string | undefined {
    return methods.includes('publickey') ? 'publickey' : undefined
  }

  async attempt(): Promise<LoginAnswer | undefined> {
    this.#keys ??= (await this.#find()).map((signer) => ({ signer, state: 'fresh' }))
    const wanted = this.state
    const key = this.#keys.find(({ state }) => state === wanted)
    if (key === undefined) return undefined
    const answer = await this.#offer(key.signer)
    // A server that wants two keys wants two different ones.
    key.state = answer?.partial === true ? 'spent' : 'refused'
    return answer
  }

  renew(): void {
    for (const key of this.#keys ?? []) if (key.state === 'refused') key.state = 'again'
  }

  async #offer(signer: Signer): Promise<LoginAnswer | undefined> {
    const { shown, tried } = this.#login
    const name = Buffer.from(signer.blob).toString('base64')
    if (shown.has(name)) return undefined
    shown.add(name)
    let answer: LoginAnswer | undefined
    const { names, listed } = algorithmsFor(signer, this.#login)
    for (const algorithm of names) {
      answer = (await this.#try(signer, algorithm)) ?? answer
      const isOver = answer !== undefined && (listed || answer.accepted || answer.partial)
      if (isOver) break
    }
    if (answer !== undefined) tried.push(signer.label)
    return answer
  }

  /** Undefined if nothing came of it that the server has heard. */
  async #try(signer: Signer, algorithm: string): Promise<LoginAnswer | undefined> {
    const { session, plan } = this.#login
    const request = { user: plan.user, algorithm, blob: signer.blob }
    if (signer.asks) {
      const said = await send(this.#login, 'publickey', keyQuestion(request))
      if (said.kind !== 'key') return answerOf(said)
    }
    const proof = keyProof(request, session.sessionId)
    const signature = await this.#signature(signer, algorithm, () =>
      whileOpen(this.#login, (signal) => signer.sign(proof.signed, algorithm, signal)),
    )
    if (signature === undefined) return undefined
    return answerOf(await send(this.#login, 'publickey', proof.message(signature)))
  }

  /** Undefined for what is no signature by this algorithm, which some agents give in its place. */
  async #signature(
    signer: Signer,
    algorithm: string,
    make: () => Promise<Uint8Array>,
  ): Promise<Uint8Array | undefined> {
    const { tried } = this.#login
    try {
      const signature = await make()
      const made = algorithmOf(signature)
      if (made === plainType(algorithm)) return signature
      tried.push(`${signer.label} (which was signed with ${made} in place of ${algorithm})`)
    } catch (error) {
      if (!(error instanceof SigningRefused)) throw error
      tried.push(`${signer.label} (${error.message})`)
    }
    return undefined
  }
}

/** Those that the server has said it takes; all, one after the other, where it has not said. */
function algorithmsFor(
  { algorithms }: Signer,
  { session }: LoginRun,
): { readonly names: readonly string[]; readonly listed: boolean } {
  const taken = session.signatures ?? []
  const fitting = algorithms.filter((name) => taken.includes(plainType(name)))
  // A list without any of them is of a server that does not list them all.
  const listed = fitting.length > 0
  return { names: listed ? fitting : algorithms, listed }
}

const ORDER = ['fresh', 'again', 'refused', 'spent'] as const
