/* ws has no declarations of its own; this gives the module the few that we use. */

declare module 'ws' {
  export const Receiver: import('./ws-types.ts').Engine['Receiver']
  export const Sender: import('./ws-types.ts').Engine['Sender']
  export const PerMessageDeflate: import('./ws-types.ts').Engine['PerMessageDeflate']
}
