import { Pool, sleep, type PoolLease } from '@net/async'
import { isNetError } from '@net/core'
import { expect, test, vi } from 'vitest'

import { checkScripts, patience, World, type Step } from './world.ts'

test(
  'a pool loses no lease, no resource and no error, with aborts, failures and delays at any time',
  patience,
  async () => {
    await checkScripts(async (script) => {
      using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
      using world = new World('NET_TIMEOUT_POOL')
      const users = new Users(world, script)
      for (const step of script) {
        if (step.act < 6) users.acquire(step)
        else users.giveBack(step)
        await world.after(step)
        users.expectBounds()
      }
      await users.end()
      world.expectClean()
      expect(users.failed + warnings.mock.calls.length).toBe(users.failures)
    })
  },
)

interface Resource {
  readonly number: number
  lent: boolean
  destroyed: boolean
}

class Users {
  readonly #world: World
  readonly #fate: readonly Step[]
  readonly #max: number
  readonly #pool: Pool<Resource>
  readonly #resources: Resource[] = []
  readonly #leases: PoolLease<Resource>[] = []
  readonly #served: number[] = []
  #making = 0
  #turn = 0
  #asked = 0
  #settled = 0
  // The pool takes errors of its callbacks, so what is wrong there is counted.
  #misused = 0
  failures = 0
  failed = 0

  constructor(world: World, fate: readonly Step[]) {
    this.#world = world
    this.#fate = fate
    const { settle: checked, by } = fate[0] as Step
    this.#max = 1 + (by % 3)
    this.#pool = new Pool<Resource>({
      create: async () => this.#create(),
      ...(checked ? { check: async (resource: Resource) => this.#check(resource) } : {}),
      destroy: async (resource) => this.#destroy(resource),
      max: this.#max,
      idle: 20,
      maxAge: 30,
    })
  }

  acquire(step: Step): void {
    const number = this.#asked++
    this.#pool
      .acquire(this.#world.options(step))
      .then(
        (lease) => {
          expect(lease.value.lent).toBe(false)
          expect(lease.value.destroyed).toBe(false)
          lease.value.lent = true
          this.#leases.push(lease)
          this.#served.push(number)
        },
        (error: unknown) => {
          if (isNetError(error)) expect(error.code).toMatch(/^NET_(?:ABORTED|TIMEOUT_POOL)$/u)
          else this.failed++
        },
      )
      .finally(() => this.#settled++)
  }

  giveBack({ pick, act }: Step): void {
    const [lease] = this.#leases.splice(pick % Math.max(this.#leases.length, 1), 1)
    if (lease === undefined) return
    lease.value.lent = false
    if (act % 2 === 0) lease.release()
    else lease.discard()
    lease.release()
    lease.discard()
    expect(lease.held).toBe(false)
  }

  expectBounds(): void {
    const alive = this.#resources.filter(({ destroyed }) => !destroyed).length
    expect(alive + this.#making).toBeLessThanOrEqual(this.#max)
    expect(this.#pool.size).toBeLessThanOrEqual(this.#max)
  }

  async end(): Promise<void> {
    for (let round = 0; this.#settled < this.#asked; round++) {
      expect(round).toBeLessThan(1000)
      while (this.#leases.length > 0) this.giveBack(this.#next())
      await this.#world.advance(5)
      this.expectBounds()
    }
    while (this.#leases.length > 0) this.giveBack(this.#next())
    // Those who were served came in this order.
    expect(this.#served).toEqual(this.#served.toSorted((a, b) => a - b))
    const closing = this.#pool.close()
    await this.#world.advance(10_000)
    await closing
    expect(await this.#pool.closed).toBeUndefined()
    expect(this.#resources.filter(({ destroyed }) => !destroyed)).toEqual([])
    expect(this.#pool.size).toBe(0)
    expect(this.#misused).toBe(0)
  }

  async #create(): Promise<Resource> {
    const { timeout = 0, by } = this.#next()
    this.#making++
    await sleep(timeout)
    this.#making--
    if (by === 0) {
      this.failures++
      throw new Error('not made')
    }
    const resource = { number: this.#resources.length, lent: false, destroyed: false }
    this.#resources.push(resource)
    return resource
  }

  async #check(resource: Resource): Promise<boolean> {
    const { timeout, by } = this.#next()
    if (resource.lent || resource.destroyed) this.#misused++
    if (timeout !== undefined) await sleep(timeout)
    if (by === 0) throw new Error('not even checked')
    return by !== 1
  }

  async #destroy(resource: Resource): Promise<void> {
    if (resource.lent || resource.destroyed) this.#misused++
    const { timeout } = this.#next()
    if (timeout !== undefined) await sleep(timeout)
    resource.destroyed = true
  }

  #next(): Step {
    return this.#fate[this.#turn++ % this.#fate.length] as Step
  }
}
