import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { Heap } from '../../src/queues/heap.ts'

interface Ranked {
  readonly rank: number
  readonly order: number
}

test('gives items by rank, and those of a rank in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 5 }))), (script) => {
      const heap = new Heap<Ranked>((a, b) => a.rank - b.rank)
      const model: Ranked[] = []
      for (const [order, rank] of script.entries()) {
        if (rank !== null) {
          heap.push({ rank, order })
          model.push({ rank, order })
          model.sort((a, b) => a.rank - b.rank || a.order - b.order)
        } else if (model.length > 0) expect(heap.take()).toEqual(model.shift())
        expect(heap.size).toBe(model.length)
      }
    }),
  )
})

const upwards = (a: number, b: number): number => a - b

test('a comparison that throws loses no item and doubles none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 9 }), { maxLength: 20 }),
      fc.nat({ max: 60 }),
      (items, at) => {
        let compared = 0
        const heap = new Heap<number>((a, b) => {
          compared += 1
          if (compared === at) throw new Error('mine')
          return a - b
        })
        const inside: number[] = []
        const taken: number[] = []
        for (const item of items) {
          try {
            heap.push(item)
            inside.push(item)
          } catch {
            // It is not in.
          }
        }
        while (heap.size > 0) {
          try {
            taken.push(heap.take())
          } catch {
            // It is still in.
          }
        }
        expect(taken.toSorted(upwards)).toEqual(inside.toSorted(upwards))
      },
    ),
  )
})
