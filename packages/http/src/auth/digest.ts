/*
 * Digest authentication (RFC 7616) over the requests of a call: asks for a challenge, answers it, and answers the next
 * requests to the same origin without being asked. One challenge is asked for at a time, and each use of a nonce has a
 * number of its own.
 */

import type { Credential, Secret } from '@net/core'
import {
  argument,
  claimSecrets,
  CredentialSource,
  inCall,
  netError,
  openSource,
  option,
  refuseControl,
} from '@net/core/authoring'
import {
  digestAnswer,
  digestIn,
  hashing,
  parseChallenges,
  type DigestChallenge,
} from '@net/socket/authoring'

import { ClaimableAuth, Owners, type AuthRequest, type HttpAuth } from '../auth.ts'
import type { Handler } from '../handler.ts'
import { markHoldsBody } from '../request-marks.ts'
import type { HttpRequest, RequestBody } from '../request.ts'
import type { HttpResponse } from '../response.ts'
import { DigestSpace, type Opening, type Round } from './digest-space.ts'

/**
 * User and password by Digest (RFC 7616: MD5, SHA-256, SHA-512-256 and their `-sess` forms, `auth` and `auth-int`, and RFC
 * 2069); neither is sent. The password never goes out by Basic. A body that is long, or can be read only once, waits for the
 * challenge. Requests reject with `NET_AUTH_NO_METHOD` where the server offers no Digest that is known, `NET_AUTH_REJECTED`
 * for a wrong password. Throws `NET_BAD_OPTION`, and `NET_INJECTION` for control characters in the user.
 */
export function digest(user: string, password: Credential): HttpAuth {
  return inCall({ protocol: 'http', call: 'digest' }, () => {
    refuseControl('the user', argument('the user', option.text, user))
    argument('the password', option.credential, password)
    return new DigestAuth(user, password)
  })
}

class DigestAuth extends ClaimableAuth {
  readonly name = 'digest'
  readonly #user: string
  readonly #source: CredentialSource
  readonly #owners = new Owners()
  readonly #spaces = new Map<string, DigestSpace>()

  constructor(user: string, password: Credential) {
    super()
    this.#user = user
    this.#source = new CredentialSource(password, { what: 'password', user })
  }

  claim(owner: number): void {
    this.#owners.add(owner)
  }

  /** All is done by `exchange`. */
  authorization(): undefined {
    return undefined
  }

  refused(): boolean {
    return false
  }

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
  readonly auth: DigestAuth
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

  async #answer(isOld: boolean): Promise<HttpResponse> {
    const { space, auth } = this.#parts
    const { round, response, password } = await space.inTurn(() => this.#sendAnswer(isOld))
    if (response.status !== REFUSED) {
      auth.tookPassword(password)
      space.answered(round, response.headers.get('authentication-info'))
      return response
    }
    const challenge = this.#challengeIn(response)
    if (challenge === undefined) return response
    const isNew = challenge.nonce !== round.challenge.nonce
    const mayBeNonce = challenge.stale || (isOld && isNew)
    if (challenge.stale && !isOld) space.goOneByOne()
    space.challenged(challenge)
    if (this.#challenges >= MOST_CHALLENGES || !(mayBeNonce || auth.mayAskAgain(password)))
      return response
    this.#giveUp(response)
    return this.#answer(false)
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
