/** The roll-call of targets. A new one is a folder and a line here. */
import type { Targets } from "../lib/deploy/target.ts";
import { localTarget } from "./local/target.ts";
import { nestedTarget } from "./nested/target.ts";
import { sshTarget } from "./ssh/target.ts";
import { vmTarget } from "./vm/target.ts";

/** Every kind of target a bundle can name. */
export const targets: Targets = { local: localTarget, ssh: sshTarget, nested: nestedTarget, vm: vmTarget };
