import { defineCommand } from './command.ts';
import { print } from './output.ts';

/** Each asks `sweep __complete -- WORDS`; where that knows nothing, the shell completes names of files. */
const SCRIPTS = {
  bash: String.raw`# Completion of sweep. In ~/.bashrc: eval "$(sweep completion bash)"
_sweep() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current value head=""
  read -ra words <<<"$line"
  [[ "$line" =~ [[:space:]]$ ]] && words+=("")
  current="\${words[-1]}"
  # Bash replaces only what follows the last = or : of a word.
  case "$current" in
    *[=:]*) [[ "$COMP_WORDBREAKS" == *=* ]] && head="\${current%"\${current##*[=:]}"}" ;;
  esac
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    COMPREPLY+=("\${value#"$head"}")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ "\${COMPREPLY[0]-}" == *= ]] && compopt -o nospace
}
complete -o default -F _sweep sweep
`,
  zsh: String.raw`#compdef sweep
# Completion of sweep. In ~/.zshrc, after compinit: eval "$(sweep completion zsh)"
_sweep() {
  local line value
  local -a lines values texts open opentexts
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    value="\${line%%$'\t'*}"
    if [[ "$value" == *= ]]; then open+=("$value"); opentexts+=("\${line//$'\t'/  }")
    elif [[ -n "$value" ]]; then values+=("$value"); texts+=("\${line//$'\t'/  }"); fi
  done
  (( $#values + $#open )) || { _files; return; }
  compadd -l -d texts -a values
  compadd -l -S '' -d opentexts -a open
}
compdef _sweep sweep
`,
  fish: String.raw`# Completion of sweep. As ~/.config/fish/completions/sweep.fish
function __sweep_complete
  set -l words (commandline -opc)
  set -l found ($words[1] __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c sweep -f -a '(__sweep_complete)'
`,
} as const;

export const completion = defineCommand({
  options: (yargs) =>
    yargs
      .positional('shell', { choices: ['bash', 'zsh', 'fish'] as const, demandOption: true, describe: 'Which shell' })
      .example('eval "$($0 completion bash)"', 'in ~/.bashrc, or zsh in ~/.zshrc')
      .example('$0 completion fish > ~/.config/fish/completions/sweep.fish', ''),

  run: ({ shell }) => {
    print(SCRIPTS[shell].replaceAll(String.raw`\${`, '${'));
    return 0;
  },
});
