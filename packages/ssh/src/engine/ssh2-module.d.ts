/* ssh2 has no declarations of its own; this gives the module the few that we use. */

declare module 'ssh2' {
  const engine: import('./ssh2-types.ts').Engine
  export { engine as default }
}

declare module 'ssh2/package.json' {
  const manifest: { readonly version: string }
  export { manifest as default }
}
