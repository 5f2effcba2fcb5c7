/** Every name charly writes to disk, once, with what it is for. */

/** User store on a target, relative to the home; the reference's place. */
export const userStore = ".config/opencharly/installed";
/** System store on a target. */
export const systemStore = "/var/lib/opencharly";
/** Environment files, relative to the home. */
export const envDir = ".config/opencharly/env.d";
/** Candies' own files, relative to the project. */
export const candyDir = "candy";
/** The project's configuration. */
export const configFile = "charly.config.ts";
/** A project of the Go tool. */
export const yamlFile = "charly.yml";
/** Which commits and bytes a project's references to other repositories stand for. */
export const lockFile = "charly.lock";
/** Where directories for control sockets of the system's `ssh` are made: a socket's path may not be longer than 107 bytes. */
export const controlDir = "/tmp";
