/** Names of files' fields as names of ours. */

/** `run_as`, `kernel-param` → `runAs`, `kernelParam`. */
export function camelCase(name: string): string {
  return name.replace(/[_-]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
