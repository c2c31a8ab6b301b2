import { expect, test } from 'vitest'

import { drawBars } from '../bars.ts'

test('a bar is as long as its figure on a scale that begins at zero', () => {
  const svg = drawBars({
    title: 'Seconds <until> the end',
    rows: [
      { name: '@net/http', value: 2, note: 'NET_TIMEOUT_TOTAL' },
      { name: 'axios', value: 10, note: '' },
    ],
  })
  const widths = [...svg.matchAll(/width="(\d+)" height="18"/gu)].map(([, width]) => Number(width))
  expect(widths).toEqual([50, 250])
  expect(svg).toContain('>2 · NET_TIMEOUT_TOTAL<')
  expect(svg).toContain('<title>Seconds &lt;until> the end</title>')
  for (const tick of ['0', '2.5', '5', '7.5', '10']) expect(svg).toContain(`>${tick}</text>`)
})

test('ratios go to both sides of 1, on powers of ten', () => {
  const svg = drawBars({
    title: 'Ratios',
    ratios: true,
    rows: [
      { name: 'slower', value: 0.1, note: '' },
      { name: 'faster', value: 10, note: '' },
    ],
  })
  const bars = [...svg.matchAll(/x="(\d+)" y="\d+" width="(\d+)" height="18"/gu)]
  expect(bars.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
    [62, 125],
    [187, 125],
  ])
})
