// Every protocol on every road with every fault: the same class, code, phase and retry class each time, within the limits, and
// nothing left open. A protocol is a file beside this one, a road a line in roads.ts, what happens on a road a line in mishaps.ts.
import { checkNoLeaks } from '@net/async/testing'
import { isNetError } from '@net/core'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { files } from './ftp.ts'
import { web } from './http.ts'
import { counted, mishapsOf, stricken, type Mishap, type Moved } from './mishaps.ts'
import { misdeeds, type Case, type MatrixProtocol, type Peer, type Way } from './protocol.ts'
import { roads, type OpenRoad } from './roads.ts'
import { sftp } from './sftp.ts'
import { mail } from './smtp.ts'
import { shell } from './ssh.ts'
import { tcp } from './tcp.ts'

const authority = createCertificates()
const certificate = authority.issue()

check(tcp)
check(web)
check(files)
check(mail)
check(shell)
check(sftp)

function check<Fault>(protocol: MatrixProtocol<Fault>): void {
  test.each(Object.entries(roads))(`${protocol.name} over %s`, async (_, open) => {
    await checkNoLeaks(
      async () => {
        await using road = await open()
        const ways = protocol.neverTls === undefined ? [undefined, authority.ca] : [undefined]
        const rows = await Promise.all(ways.map((ca) => everything(protocol, { road, ca })))
        expect(table(rows.flat(), 'told')).toEqual(table(rows.flat(), 'expected'))
      },
      { within: PATIENCE },
    )
  })
  test(`${protocol.name}: no cell is empty`, () => {
    const { cases, corrupt, lacks, neverTls } = protocol
    const met = cases.map(({ name }) => name)
    const moments = new Set([...met, ...Object.keys(lacks)].flatMap((name) => momentOf(name)))
    const all = [...moments].flatMap((moment) => misdeeds.map((what) => `${what} at ${moment}`))
    const damage = [
      ...(corrupt.plain === undefined ? ['corrupt in clear'] : []),
      ...(corrupt.sealed === undefined && neverTls === undefined ? ['corrupt under TLS'] : []),
    ]
    const missing = [...all.filter((name) => !met.includes(name)), ...damage]
    expect(missing.toSorted()).toEqual(Object.keys(lacks).toSorted())
  })
}

/** The moment of a case called `drop at the login`; none for what happens on the road. */
function momentOf(name: string): readonly string[] {
  const [, moment] = name.split(/ at /u)
  return moment === undefined ? [] : [moment]
}

interface Place {
  readonly road: OpenRoad
  readonly ca: string | undefined
}

interface Row {
  readonly name: string
  readonly told: string
  readonly expected: string
}

async function everything<Fault>(protocol: MatrixProtocol<Fault>, place: Place): Promise<Row[]> {
  const { nobody } = place.road
  const moved: Moved = { received: 0, sent: 0 }
  const dialer = counted(place.road.dialer, moved)
  const clean = { ...place, road: { ...place.road, dialer } }
  const rows = [
    { name: 'no fault', told: await outcomeOf(protocol, undefined, place), expected: 'whole' },
    { name: 'bytes counted', told: await outcomeOf(protocol, undefined, clean), expected: 'whole' },
    ...(nobody === undefined
      ? []
      : [{ name: 'nobody', told: await outcomeOfNobody(protocol, place), expected: nobody }]),
    ...(await suffer(protocol, ({ what }) => what !== 'stall', place)),
    // On their own, so that the work for others does not use up their limits.
    ...(await suffer(protocol, ({ what }) => what === 'stall', place)),
    ...(await travel(protocol, mishapsOf(protocol, moved, place.ca !== undefined), place)),
  ]
  const suffix = place.ca === undefined ? '' : ', under TLS'
  return rows.map((row) => ({ ...row, name: `${row.name}${suffix}` }))
}

/** Those cases, all at once. */
function suffer<Fault>(
  protocol: MatrixProtocol<Fault>,
  wanted: (one: Case<Fault>) => boolean,
  place: Place,
): Promise<Row[]> {
  const rows = protocol.cases.filter(wanted).map(async (one) => {
    const told = await outcomeOf(protocol, one, place)
    const [rule = ''] = one.outcomes
    return { name: one.name, told, expected: one.outcomes.includes(told) ? told : rule }
  })
  return Promise.all(rows)
}

/** With these on the road, all at once. */
function travel<Fault>(
  protocol: MatrixProtocol<Fault>,
  mishaps: readonly Mishap[],
  { road, ca }: Place,
): Promise<Row[]> {
  const rows = mishaps.map(async (mishap) => {
    const { name, isSilent, outcomes } = mishap
    const dialer = stricken(road.dialer, mishap)
    const silence = isSilent ? SILENCE : PATIENCE
    const place = { road: { ...road, dialer }, ca }
    const told = await outcomeWithin(silence, protocol, undefined, place)
    return { name, told, expected: outcomes.includes(told) ? told : (outcomes[0] ?? '') }
  })
  return Promise.all(rows)
}

/** What the call says with this fault, and what is open afterwards. */
async function outcomeOf<Fault>(
  protocol: MatrixProtocol<Fault>,
  one: Case<Fault> | undefined,
  place: Place,
): Promise<string> {
  if (one?.what !== 'stall') return outcomeWithin(PATIENCE, protocol, one, place)
  let told = ''
  // On a busy machine a short limit may pass before the moment of the fault, so that it is tried with longer ones.
  for (let silence = SILENCE; silence < PATIENCE && !one.outcomes.includes(told); silence *= 4) {
    told = await outcomeWithin(silence, protocol, one, place)
  }
  return told
}

async function outcomeWithin<Fault>(
  silence: number,
  protocol: MatrixProtocol<Fault>,
  one: Case<Fault> | undefined,
  { road, ca }: Place,
): Promise<string> {
  await using peer = await protocol.serve(ca === undefined ? undefined : certificate)
  if (one !== undefined) peer.fail(one.fault)
  const told = await outcome(protocol, peer.url, wayOf({ road, ca }, silence))
  const mayStay = one?.what === 'stall' && !road.tellsResets
  return mayStay || (await isLeft(peer)) ? told : `${told}, and ${peer.connections} open`
}

/** What the call says when the peer is gone before it is dialed. */
async function outcomeOfNobody<Fault>(
  protocol: MatrixProtocol<Fault>,
  place: Place,
): Promise<string> {
  const peer = await protocol.serve(place.ca === undefined ? undefined : certificate)
  const { url } = peer
  await peer[Symbol.asyncDispose]()
  return outcome(protocol, url, wayOf(place, PATIENCE))
}

function wayOf({ road, ca }: Place, silence: number): Way {
  const timeout = {
    connect: silence,
    greeting: silence,
    auth: silence,
    tls: silence,
    reply: silence,
    idle: silence,
  }
  return { dialer: road.dialer, ca, call: { timeout, retry: false } }
}

async function outcome<Fault>(
  protocol: MatrixProtocol<Fault>,
  url: string,
  way: Way,
): Promise<string> {
  const began = performance.now()
  try {
    await protocol.exchange(url, way)
    return 'whole'
  } catch (error) {
    if (!isNetError(error)) return `a foreign error: ${String(error)}`
    const limit = way.call.timeout.idle ?? 0
    const late = performance.now() - began > limit + PATIENCE ? ', too late' : ''
    const told = `${error.name} ${error.code} ${error.phase} ${error.retry}${late}`
    // What a proxy does wrong names the proxy; so does what breaks a raw connection, whose socket ends there.
    const mayDiffer = error.phase === 'proxy' || protocol.name === 'tcp'
    const isNamed = error.endpoint === new URL(url).host
    return isNamed || mayDiffer ? told : `${told} at ${error.endpoint}`
  }
}

async function isLeft<Fault>(peer: Peer<Fault>): Promise<boolean> {
  return expect
    .poll(() => peer.connections, { timeout: 2000 })
    .toBe(0)
    .then(
      () => true,
      () => false,
    )
}

function table(rows: readonly Row[], column: 'told' | 'expected'): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row.name, row[column]]))
}

const SILENCE = 500
const PATIENCE = 20_000
