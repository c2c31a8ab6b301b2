/* The shapes that tables of options are made of, under one name. */

import * as shapes from './every-shape.ts'

/** What an option may be: `option.text`, `option.between(1, 65_535)`, `option.perCall` for what every call takes. */
export const option: typeof shapes = shapes
