/* undici's package as a whole takes two and a half times as long to load as the one class that we use. */

declare module 'undici/lib/dispatcher/client.js' {
  const client: typeof import('undici').Client
  export default client
}
