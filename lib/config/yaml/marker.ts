/** What `fromYaml()` leaves in a configuration. Apart from its reader: most configurations need none. */

/** The path of a marker. */
export function yamlPath(entry: unknown): string | undefined {
  const path = (entry as { readonly yaml?: unknown } | null)?.yaml;
  return typeof path === "string" ? path : undefined;
}

/** Whether a configuration takes in YAML anywhere. */
export function hasYaml(data: unknown): boolean {
  const extend = (data as { readonly extend?: unknown } | null)?.extend;
  return Array.isArray(extend) && extend.some((entry) => yamlPath(entry) !== undefined || hasYaml(entry));
}
