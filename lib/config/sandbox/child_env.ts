/** The environment of the processes charly starts to look at a config. */

/** Variables that say where Deno keeps its cache; a config cannot read them without a permission. */
const cacheVariables = ["HOME", "DENO_DIR", "XDG_CACHE_HOME", "NPM_CONFIG_REGISTRY"] as const;
/** Variables that say how to reach a network; only for resolving imports, which runs no code of the config. */
const networkVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "SSL_CERT_FILE",
  "DENO_AUTH_TOKENS",
] as const;

/** The environment of a child: the caller's cache, nothing else of the caller's. */
export function childEnv(network: boolean): Record<string, string> {
  const env: Record<string, string> = { PATH: "/usr/bin:/bin", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  for (const name of network ? [...cacheVariables, ...networkVariables] : cacheVariables) {
    // Asking first keeps a run without that permission from stopping at a prompt.
    if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") continue;
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
