/* `net completion`: what makes a shell complete commands and options, made from the tables. */

import type { CommandRun } from '../call.ts'
import { commandTable, type CommandSpec } from '../command-table.ts'
import { longNameOf, optionTable, type OptionSpec } from '../option-table.ts'
import { UsageError } from '../usage-error.ts'

/** The script for one shell, on stdout. */
export const completion: CommandRun = async ({ args, output }) => {
  const make = Object.hasOwn(SHELLS, args[0] ?? '') ? SHELLS[args[0] ?? ''] : undefined
  if (make === undefined) throw new UsageError(`give one of ${Object.keys(SHELLS).join(', ')}`)
  await output.bytes(make())
  return 0
}

function bash(): string {
  const cases = commandTable.map(
    ({ name, ...spec }) => `    ${name}) options='${optionsOf(spec).join(' ')}' ;;`,
  )
  return `# net completion for bash: eval "$(net completion bash)"
_net() {
  local word=\${COMP_WORDS[COMP_CWORD]} options=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names().join(' ')}' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _net net
`
}

function zsh(): string {
  const commands = commandTable.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`)
  const cases = commandTable.map(({ name, options }) => {
    const specs = options.map((option) => {
      const { help, read }: OptionSpec<unknown> = optionTable[option]
      const value = read === undefined ? '' : ':value:_files'
      return `'--${longNameOf(option)}[${quoted(help).replaceAll(/[[\]]/g, '')}]${value}'`
    })
    return `    ${name}) _arguments ${[...specs, "'*:place:_files'"].join(' ')} ;;`
  })
  return `#compdef net
# net completion for zsh: net completion zsh > _net, in a folder of fpath
_net() {
  local -a commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join('\n')}
  esac
}
compdef _net net
`
}

function fish(): string {
  const first = commandTable.map(
    ({ name, summary }) =>
      `complete -c net -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
  )
  const options = commandTable.flatMap(({ name, options }) =>
    options.map((option) => {
      const { help, read }: OptionSpec<unknown> = optionTable[option]
      const value = read === undefined ? '' : ' -r'
      return `complete -c net -n '__fish_seen_subcommand_from ${name}' -l ${longNameOf(option)}${value} -d '${quoted(help)}'`
    }),
  )
  return `# net completion for fish: net completion fish | source\n${[...first, ...options].join('\n')}\n`
}

function names(): readonly string[] {
  return commandTable.map(({ name }) => name)
}

function optionsOf({ options }: Pick<CommandSpec, 'options'>): readonly string[] {
  return options.map((name) => `--${longNameOf(name)}`)
}

/** For a string in single quotes. */
function quoted(text: string): string {
  return text.replaceAll("'", '’')
}

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish }
