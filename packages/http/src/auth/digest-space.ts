/*
 * What is known of one origin's Digest challenges: the nonce, how often it was used, and who is asking for one. It must not
 * know passwords or requests.
 */

import { parseChallenges, type DigestChallenge } from '@net/socket/road'

/** One use of a nonce. */
export interface Round {
  readonly challenge: DigestChallenge
  /** 1 for its first use. */
  readonly count: number
  readonly cnonce: string
}

/** What came of asking: a response where nothing was to be proved. */
export interface Opening<R> {
  readonly response: R | undefined
}

/** The state of one origin. */
export class DigestSpace {
  #challenge: DigestChallenge | undefined
  #cnonce = ''
  #count = 0
  #asking: Promise<unknown> | undefined
  /** The origin has answered without a challenge: calls need not wait for each other. */
  #isOpen = false
  #oneByOne = false
  /** The answers that are on their way side by side. */
  readonly #underWay = new Set<Promise<void>>()
  #last: Promise<unknown> = Promise.resolve()

  /** Whether there is a nonce. */
  get isKnown(): boolean {
    return this.#challenge !== undefined
  }

  /** The next use of the nonce. */
  next(): Round {
    const challenge = this.#challenge
    if (challenge === undefined) throw new Error('there is no challenge')
    this.#count += 1
    return { challenge, count: this.#count, cnonce: this.#cnonce }
  }

  /** Asks for a challenge, or waits while another call asks. */
  async opening<R>(ask: () => Promise<Opening<R>>): Promise<Opening<R>> {
    if (this.#isOpen) return ask()
    if (this.#asking !== undefined) {
      // How the other call fares is its own affair.
      await this.#asking.catch(() => {})
      return this.#challenge === undefined ? this.opening(ask) : { response: undefined }
    }
    const asking = ask()
    this.#asking = asking
    try {
      const opening = await asking
      this.#isOpen = opening.response !== undefined
      return opening
    } finally {
      this.#asking = undefined
    }
  }

  /** A new nonce; that of the present round once more changes nothing. */
  challenged(challenge: DigestChallenge): void {
    if (this.#challenge?.nonce === challenge.nonce) return
    this.#use(challenge)
  }

  /** The round was accepted; `info` is what `Authentication-Info` said (RFC 7616 section 3.5). */
  answered(round: Round, info: string | undefined): void {
    const nonce =
      info === undefined ? undefined : parseChallenges(`info ${info}`)[0]?.params.get('nextnonce')
    if (nonce === undefined || this.#challenge !== round.challenge) return
    this.#use({ ...round.challenge, nonce, stale: false })
  }

  /**
   * Whether another call has used the nonce as well, or was given another one since, which may have ended it; one that is on its way
   * may have been given one of which nothing is known yet.
   */
  isShared(round: Round): boolean {
    return this.#challenge !== round.challenge || this.#count > 1 || this.#underWay.size > 1
  }

  get goesOneByOne(): boolean {
    return this.#oneByOne
  }

  /** The server wants uses in order, which several connections cannot keep. The first one waits for those on their way. */
  goOneByOne(): void {
    if (this.#oneByOne) return
    this.#oneByOne = true
    this.#last = Promise.all(this.#underWay)
  }

  /** Runs it, behind those before where they go one by one. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#oneByOne) return this.#sideBySide(run())
    const turn = this.#last.then(run)
    this.#last = turn.catch(() => {})
    return turn
  }

  #sideBySide<T>(running: Promise<T>): Promise<T> {
    const over = (): void => void this.#underWay.delete(ended)
    const ended: Promise<void> = running.then(over, over)
    this.#underWay.add(ended)
    return running
  }

  #use(challenge: DigestChallenge): void {
    this.#challenge = challenge
    this.#cnonce = crypto.randomUUID().replaceAll('-', '')
    this.#count = 0
    this.#isOpen = false
  }
}
