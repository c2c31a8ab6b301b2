/*
 * A login by Digest (RFC 7616) over the requests of a call: asks for a challenge, answers it, and answers the next requests to
 * the same origin without being asked. One challenge is asked for at a time, and each use of a nonce has a number of its own.
 */

import type { Secret } from '@net/core'
import { claimSecrets, netError, openSource, type CredentialSource } from '@net/core/authoring'
import {
  digestAnswer,
  digestIn,
  hashing,
  parseChallenges,
  type DigestChallenge,
} from '@net/socket/road'

import type { AuthRequest, Owners } from '../auth.ts'
import type { Handler } from '../handler.ts'
import { markHoldsBody } from '../request-marks.ts'
import type { HttpRequest, RequestBody } from '../request.ts'
import type { HttpResponse } from '../response.ts'
import { DigestSpace, type Opening, type Round } from './digest-space.ts'

/** Who logs in, and what is known of the servers. */
export class DigestLogin {
  readonly #user: string
  readonly #source: CredentialSource
  readonly #owners: Owners
  readonly #spaces = new Map<string, DigestSpace>()

  /** The owners are those of the password. */
  constructor(user: string, source: CredentialSource, owners: Owners) {
    this.#user = user
    this.#source = source
    this.#owners = owners
  }

  /** Leads one request through the login, as `HttpAuth.exchange` does. */
  async exchange(
    request: HttpRequest,
    send: Handler,
    { signal }: AuthRequest,
  ): Promise<HttpResponse> {
    const space = this.#spaceOf(request.origin)
    return new Steps({ request, send, signal, space, auth: this }).run()
  }

  async answer(round: Round, request: HttpRequest, signal: AbortSignal): Promise<Answered> {
    const password = await this.#source.get({ signal })
    this.#owners.each((owner) => claimSecrets(password, owner))
    const { challenge, count, cnonce } = round
    const authorization = digestAnswer(
      challenge,
      { user: this.#user, password: password.reveal() },
      {
        method: request.method,
        uri: request.path,
        count,
        cnonce,
        bodyHash:
          challenge.qop === 'auth-int' ? await bodyHash(request.body, challenge) : undefined,
      },
    )
    return { authorization, password }
  }

  /** Whether there may be another password. */
  mayAskAgain(password: Secret): boolean {
    return this.#source.rejected(password)
  }

  tookPassword(password: Secret): void {
    this.#source.accepted(password)
  }

  #spaceOf(origin: string): DigestSpace {
    const space = this.#spaces.get(origin) ?? new DigestSpace()
    this.#spaces.set(origin, space)
    return space
  }
}

interface Answered {
  readonly authorization: string
  readonly password: Secret
}

interface StepParts {
  readonly request: HttpRequest
  readonly send: Handler
  readonly signal: AbortSignal
  readonly space: DigestSpace
  readonly auth: DigestLogin
}

/** The steps of one request. */
class Steps {
  readonly #parts: StepParts
  #challenges = 0

  constructor(parts: StepParts) {
    this.#parts = parts
  }

  async run(): Promise<HttpResponse> {
    const { space } = this.#parts
    if (!space.isKnown) {
      const { response } = await space.opening(() => this.#ask())
      if (response !== undefined) return response
    }
    // The nonce of an earlier call may have ended: a refusal may mean it, and not the password.
    return this.#answer(this.#challenges === 0)
  }

  /** Sends it without an answer; what comes is the response, or a challenge that the space has then. */
  async #ask(): Promise<Opening<HttpResponse>> {
    const { request, send, space } = this.#parts
    if (isHeavy(request.body)) markHoldsBody(request)
    const response = await send(request)
    const challenge = this.#challengeIn(response)
    if (challenge === undefined) return { response }
    this.#giveUp(response)
    space.challenged(challenge)
    return { response: undefined }
  }

  /** Where answers go one by one, a call keeps its turn until it is done: the next one would use up the nonce that it was given. */
  async #answer(isOld: boolean): Promise<HttpResponse> {
    const { space } = this.#parts
    const isInLine = space.goesOneByOne
    // What those before it were told last need not be what the server said last.
    const response = await space.inTurn(() => this.#tries(isOld || isInLine, isInLine))
    return response ?? this.#answer(false)
  }

  async #tries(isOld: boolean, isInLine: boolean): Promise<HttpResponse | undefined> {
    const response = await this.#try(isOld)
    return response ?? (isInLine ? this.#tries(false, isInLine) : undefined)
  }

  /** Undefined if the login has to be answered once more. */
  async #try(isOld: boolean): Promise<HttpResponse | undefined> {
    const { space, auth } = this.#parts
    const { round, response, password } = await this.#sendAnswer(isOld)
    if (response.status !== REFUSED) {
      auth.tookPassword(password)
      space.answered(round, response.headers.get('authentication-info'))
      return response
    }
    const challenge = this.#challengeIn(response)
    if (challenge === undefined) return response
    const mayBeNonce = this.#mayMeanNonce(challenge, round, isOld)
    space.challenged(challenge)
    const most = challenge.stale ? MOST_STALE : MOST_CHALLENGES
    if (this.#challenges >= most || !(mayBeNonce || auth.mayAskAgain(password))) return response
    this.#giveUp(response)
    return undefined
  }

  /** Whether the nonce was refused, and not the password: not all servers say so. One that no other call has touched was not. */
  #mayMeanNonce(challenge: DigestChallenge, round: Round, isOld: boolean): boolean {
    const { space } = this.#parts
    const isNew = challenge.nonce !== round.challenge.nonce
    const isUsedUp = challenge.stale || (isNew && space.isShared(round))
    if (isUsedUp && !isOld) space.goOneByOne()
    return isUsedUp || (isOld && isNew)
  }

  async #sendAnswer(isOld: boolean): Promise<SentAnswer> {
    const { request, send, signal, space, auth } = this.#parts
    const round = space.next()
    const { authorization, password } = await auth.answer(round, request, signal)
    const sent = request.with({ headers: { authorization } })
    // What is heavy is not sent for nothing.
    if (isOld && isHeavy(request.body)) markHoldsBody(sent)
    return { round, password, response: await send(sent) }
  }

  /** Another request follows. Throws `NET_BODY_NOT_REPLAYABLE` where that cannot be. */
  #giveUp(response: HttpResponse): void {
    response.body.cancel()
    this.#challenges += 1
    const { body } = this.#parts.request
    if (body?.begun !== true || body.replayable) return
    throw netError('NET_BODY_NOT_REPLAYABLE', {
      message:
        'the server wants a login first, and the request body cannot be sent again, because its source can be read only once',
    })
  }

  #challengeIn(response: HttpResponse): DigestChallenge | undefined {
    const said = response.status === REFUSED ? response.headers.get('www-authenticate') : undefined
    if (said === undefined) return undefined
    const challenges = parseChallenges(said)
    const found = digestIn(challenges)
    if (found !== undefined) return found
    response.body.cancel()
    const names = [...new Set(challenges.map(({ scheme }) => scheme))].join(', ')
    throw netError('NET_AUTH_NO_METHOD', {
      message: `the server offers no Digest authentication that is known, but ${names === '' ? 'nothing that can be read' : names}`,
      sent: true,
    })
  }
}

interface SentAnswer {
  readonly round: Round
  readonly password: Secret
  readonly response: HttpResponse
}

/** Not to be sent only to hear that a login is missing. */
function isHeavy(body: RequestBody | undefined): boolean {
  if (body === undefined) return false
  return body.bytes === undefined || body.bytes.length > AT_ONCE
}

async function bodyHash(
  body: RequestBody | undefined,
  { algorithm }: DigestChallenge,
): Promise<string> {
  const hash = hashing(algorithm)
  if (body?.bytes !== undefined) hash.update(body.bytes)
  else if (body?.source !== undefined) {
    if (!body.replayable) {
      throw netError('NET_BODY_NOT_REPLAYABLE', {
        message:
          'the server wants a digest of the request body (auth-int), whose source can be read only once',
      })
    }
    await using open = await openSource(body.source)
    for await (const chunk of open.chunks()) hash.update(chunk)
  }
  return hash.digest('hex')
}

const REFUSED = 401
const AT_ONCE = 65_536
const MOST_CHALLENGES = 3
/** A stale nonce says nothing against the password, so that more challenges are answered than otherwise. */
const MOST_STALE = 6
