// Pictures that the HTML of a message shows by their Content-IDs.
import * as smtp from '@net/smtp'

import type { Random } from '../../soak/random.ts'
import { leaf, type PartDraft } from './parts.ts'
import { words } from './words.ts'

/** A picture. */
export interface Picture {
  readonly attachment: smtp.Attachment
  readonly part: PartDraft
  /** What shows it. */
  readonly markup: string
}

/** One to three pictures, with and without a name, each shown in another way. */
export function picturesByLot(random: Random): readonly Picture[] {
  return Array.from({ length: 1 + random.below(3) }, (_, at) => {
    const cid = `${random.pick(['logo', 'image001.png', 'part1.06', 'a+b=c'])}.${at}@example.com`
    const content = random.bytes(random.size(20_000))
    const name = random.chance(0.5) ? `${words(random, 2).replaceAll('"', '')}.png` : undefined
    const type = 'image/png'
    const url = `cid:${encodeURIComponent(cid)}`
    return {
      attachment: smtp.attach(random.chance(0.5) ? content : new Blob([Uint8Array.from(content)]), {
        cid,
        ...(name === undefined ? { type } : { name }),
      }),
      part: leaf(type, content, {
        disposition: 'inline',
        cid,
        // One that nobody named has the name of its id.
        name: name ?? `${cid.slice(0, cid.indexOf('@'))}.png`,
      }),
      markup: random.pick([
        `<img src="${url}" alt="">`,
        `<IMG SRC='${url}'>`,
        `<td background=${url}></td>`,
        `<p style="background: url(${url})"></p><img src="${url}">`,
      ]),
    }
  })
}
