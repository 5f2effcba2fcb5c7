/** The shell program that carries out acts on a target: POSIX sh, sent once per shell. Its parts are real shell files. */
import base from "./base.sh" with { type: "text" };
import native from "./native.sh" with { type: "text" };
import opaque from "./opaque.sh" with { type: "text" };
import system from "./system.sh" with { type: "text" };
import undo from "./undo.sh" with { type: "text" };
import probe from "./probe.sh" with { type: "text" };
import transfer from "./transfer.sh" with { type: "text" };
import rollback from "./rollback.sh" with { type: "text" };
import guard from "./guard.sh" with { type: "text" };
import guardWatch from "./guard_watch.sh" with { type: "text" };
import main from "./main.sh" with { type: "text" };

/** Protocol of loader, frames and journal. A store written by a newer one is refused. */
export const protocol = 1;

/** The functions of the driver, without the message loop. */
export const driverFunctions: string = base + native + opaque + system + undo + probe + transfer;

/** The whole driver, as it is sent: functions, then the message loop, without the comments. */
export const driver: string = (driverFunctions + main).replaceAll(/^[ \t]*#.*\n/gm, "");

/** Functions a rollback needs beside the driver's: the text was made before the run, what happened is asked of the journal. */
export const rollbackFunctions: string = rollback;

/** Functions of the operator's side of a guard; `RUN` has to be set. */
export const guardFunctions: string = guard;

/** The program that stays on the target and puts a run back by itself. Descriptor 9 is what its caller reads. */
export const guardProgram: string = `exec 9>&1\n${driverFunctions}${rollback}${guardWatch}`;
