/** What `plan --commands` prints; it stands with the acts, because rendering them quotes words. */
export { commandsOf } from "../steps/commands.ts";
