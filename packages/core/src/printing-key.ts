/* By which key `console.log` and `util.inspect` ask a value how it reads. */

/** That of `util.inspect.custom`; Node's documentation names it, and to load `node:util` for it takes 3 ms. */
export const PRINTING: unique symbol = Symbol.for('nodejs.util.inspect.custom')
