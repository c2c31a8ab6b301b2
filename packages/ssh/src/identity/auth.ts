/* What somebody can log in with, besides a password. */

import type { AgentAuth } from './agent-auth.ts'
import type { InteractiveAuth } from './interactive.ts'
import type { KeyAuth } from './keys.ts'

/** What `key()`, `agent()` and `keyboardInteractive()` give. */
export type SshAuth = KeyAuth | AgentAuth | InteractiveAuth
