import { execFileSync } from 'node:child_process'

import { describe, expect, it } from 'vitest'

import { commandTable } from '../../src/command-table.ts'
import { longNameOf } from '../../src/option-table.ts'
import { net } from '../net.ts'

describe('net completion', () => {
  it.each(['bash', 'zsh', 'fish'])('has every command and every option for %s', async (shell) => {
    const { code, out } = await net(['completion', shell])
    expect(code).toBe(0)
    for (const { name, options } of commandTable) {
      expect(out).toMatch(new RegExp(`\\b${name}\\b`))
      for (const option of options) expect(out).toContain(longNameOf(option))
    }
  })

  it('completes in bash', async () => {
    const { out } = await net(['completion', 'bash'])
    const complete = (words: string, at: number): string =>
      execFileSync(
        'bash',
        ['-c', `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=${at}; _net; echo "\${COMPREPLY[*]}"`],
        { encoding: 'utf8' },
      ).trim()
    expect(complete('net mi', 1)).toBe('mirror')
    expect(complete('net mirror --del', 2)).toBe('--delete')
  })

  it('names the shells', async () => {
    expect((await net(['completion', 'csh'])).err).toBe(
      'net completion: give one of bash, zsh, fish\n',
    )
  })
})
