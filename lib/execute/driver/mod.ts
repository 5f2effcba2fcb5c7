/** The shell program that carries out acts on a target: POSIX sh, sent once per shell. Its parts are real shell files. */
import base from "./base.sh" with { type: "text" };
import native from "./native.sh" with { type: "text" };
import opaque from "./opaque.sh" with { type: "text" };
import system from "./system.sh" with { type: "text" };
import undo from "./undo.sh" with { type: "text" };
import probe from "./probe.sh" with { type: "text" };
import transfer from "./transfer.sh" with { type: "text" };
import main from "./main.sh" with { type: "text" };

/** Protocol of loader, frames and journal. A store written by a newer one is refused. */
export const protocol = 1;

/** The functions of the driver, without the message loop. */
export const driverFunctions: string = base + native + opaque + system + undo + probe + transfer;

/** The whole driver: functions, then the message loop. */
export const driver: string = driverFunctions + main;
