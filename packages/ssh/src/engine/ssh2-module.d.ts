/* ssh2 has no declarations of its own; this gives the module the few that we use. */

declare module 'ssh2/lib/client.js' {
  const client: import('./ssh2-types.ts').ClientEngine['Client']
  export { client as default }
}

declare module 'ssh2/lib/server.js' {
  const server: import('./ssh2-types.ts').ServerEngine['Server']
  export { server as default }
}

declare module 'ssh2/package.json' {
  const manifest: { readonly version: string }
  export { manifest as default }
}
