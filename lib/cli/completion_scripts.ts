/** Completion scripts: small, and the same question in three shells. All the knowing is in `charly __complete`. */

/** Shells there is a script for. */
export const completionShells = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type CompletionShell = typeof completionShells[number];

/**
 * The script to load in a shell.
 *
 * @param shell which one
 * @param program name of the command. @default {"charly"}
 */
export function completionScript(shell: CompletionShell, program = "charly"): string {
  return scripts[shell].replaceAll("PROGRAM", program);
}

// bash splits words at `=` and `:` (COMP_WORDBREAKS): they are joined again, and what stands before the break is cut off the offers.
const bash = `# charly completion for bash: source <(PROGRAM completion bash)
_PROGRAM_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} words cur part value
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] || \${#words[@]} -eq 1 ]] && words+=("")
  cur=\${words[\${#words[@]}-1]}
  part=\${cur%"\${cur##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    value=$(printf %q "$value")
    COMPREPLY+=("\${value#"$part"}")
  done < <(PROGRAM __complete "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _PROGRAM_complete PROGRAM
`;

const zsh = `#compdef PROGRAM
# charly completion for zsh: source <(PROGRAM completion zsh)
_PROGRAM() {
  local -a offers; local value text
  while IFS=$'\\t' read -r value text; do offers+=("\${value//:/\\\\:}:$text"); done < <(PROGRAM __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#offers )) && _describe PROGRAM offers || _files
}
if [[ $funcstack[1] == _PROGRAM ]]; then _PROGRAM "$@"; elif (( $+functions[compdef] )); then compdef _PROGRAM PROGRAM; fi
`;

const fish = `# charly completion for fish: PROGRAM completion fish | source
function __PROGRAM_complete
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc) (commandline -ct)
    PROGRAM __complete $words[2..] 2>/dev/null
end
complete -c PROGRAM -f -n 'test (count (__PROGRAM_complete)) -gt 0' -a '(__PROGRAM_complete)'
`;

const scripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish };
