/** The stable name of an SSH venue. */
import { hostAndPort } from "./failure.ts";
import type { SshSettings } from "./ssh_config.ts";

/** `ssh://user@host:port` of resolved settings. */
export function venueOf(settings: SshSettings): string {
  return `ssh://${settings.user}@${hostAndPort(settings.hostName, settings.port)}`;
}
