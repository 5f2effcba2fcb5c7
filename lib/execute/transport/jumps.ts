/** The hops of a ProxyJump. A file of its own: deriving permissions needs nothing else of an SSH connection. */

/** `a,b,c` → the last hop `c`, and `a,b` to get there. */
export function lastHop(proxyJump: string): { readonly hop: string; readonly before: string | undefined } {
  const hops = proxyJump.split(",").map((hop) => hop.trim()).filter((hop) => hop !== "");
  const hop = hops.pop() ?? proxyJump;
  return { hop, before: hops.length === 0 ? undefined : hops.join(",") };
}
