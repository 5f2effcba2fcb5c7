/**
 * Where secrets come from: the operator's environment, else the credential store (files of mode 0600 in a directory of mode
 * 0700), else the declared default, else 32 random bytes that are stored. Values never enter a plan, a ledger or an error.
 */
import { CharlyError } from "../base/errors.ts";

/** A secret a plan may name. */
export interface SecretNeedOf {
  readonly name: string;
  readonly required: boolean;
  readonly default?: string;
  /** `charly/<area>/<name>`; by default `charly/secret/<name>`. */
  readonly key?: string;
}

/** How secrets are looked for. */
export interface SecretSource {
  /** The operator's environment. */
  readonly env: (name: string) => string | undefined;
  /** Directory of the credential store. */
  readonly store: string;
}

/** Resolves every need. @throws {CharlyError} `secret-unreadable` when the store has it and cannot be read */
export async function resolveSecrets(
  needs: readonly SecretNeedOf[],
  source: SecretSource,
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const need of needs) {
    const value = source.env(need.name) ?? await stored(need, source) ?? need.default ??
      (need.required ? await generated(need, source) : undefined);
    if (value !== undefined) values.set(need.name, value);
  }
  return values;
}

function place(need: SecretNeedOf, source: SecretSource): string {
  const key = need.key ?? `charly/secret/${need.name}`;
  if (!/^charly\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/.test(key) || key.includes("..")) {
    throw new CharlyError(`find the secret ${need.name}: its key "${key}" is not one`, {
      hint: "write the key as charly/<area>/<name>",
      exitCode: 2,
      code: "secret-key",
    });
  }
  return `${source.store}/${key}`;
}

async function stored(need: SecretNeedOf, source: SecretSource): Promise<string | undefined> {
  const path = place(need, source);
  try {
    return (await Deno.readTextFile(path)).replace(/\n$/, "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new CharlyError(`read the secret ${need.name}: ${path} cannot be read`, {
      hint: `set the variable ${need.name}, or give the file back to your user`,
      code: "secret-unreadable",
      cause: error,
    });
  }
}

async function generated(need: SecretNeedOf, source: SecretSource): Promise<string> {
  const path = place(need, source);
  const value = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(temporary, `${value}\n`, { mode: 0o600, createNew: true });
  await Deno.rename(temporary, path);
  return value;
}
