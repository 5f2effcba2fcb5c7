/** Security settings of a container: the same for layers, images and deployments. */
import { flag, object, type ObjectShape, text, texts, word } from "../shape.ts";

/** What it may do, and how much of the machine it may take. */
export const security: ObjectShape = object({
  privileged: flag,
  cgroupns: word("host", "private"),
  cap_add: texts,
  devices: texts,
  security_opt: texts,
  group_add: texts,
  mount: texts,
  ipc_mode: word("host", "private", "shareable"),
  shm_size: text("memory"),
  memory_max: text("memory"),
  memory_high: text("memory"),
  memory_swap_max: text("memory"),
  cpus: text("decimal"),
});
