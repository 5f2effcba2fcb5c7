/**
 * What runs in the child before and after the config. {@link prelude} is sent there as text, so it may not name anything
 * outside itself; it keeps its own copy of every built-in it needs before the config can replace them.
 */

/** Stands in the data where a task's `run` function was. */
export const taskRunMarker = "function";

/** One value that is not data, as the child reports it. */
export interface NotData {
  readonly path: readonly (string | number)[];
  /** What stands there, for example `a Date`. */
  readonly found: string;
  /** What to write instead. */
  readonly hint: string;
}

/** Address of the module to import first; its default export takes the config's namespace and ends the process. */
export function preludeUrl(dataBytes: number): string {
  const source = `export default (${prelude.toString()})(${dataBytes});`;
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`;
}

// deno-lint-ignore no-explicit-any -- it handles whatever a config exports
type Anything = any;

function prelude(dataBytes: number): (namespace: Record<string, unknown>) => void {
  const world = globalThis as Anything;
  const deno = world.Deno;
  const isProxy: (value: unknown) => boolean = deno[deno.internal]?.core?.isProxy ?? (() => false);

  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { hasOwn } = Object;
  const { isArray } = Array;
  const { isFinite } = Number;
  const { stringify } = JSON;
  const toText = String;
  const later = setTimeout;
  const exit = deno.exit as (code: number) => never;
  const objectPrototype = Object.prototype;
  const free = Function.prototype.call.bind(Function.prototype.bind, Function.prototype.call) as Anything;
  const encode = free(TextEncoder.prototype.encode) as (encoder: TextEncoder, text: string) => Uint8Array;
  const rest = free(Uint8Array.prototype.subarray) as (bytes: Uint8Array, from: number) => Uint8Array;
  const sizeOf = free(
    getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype)!, "byteLength")!.get!,
  ) as (bytes: Uint8Array) => number;
  const encoder = new TextEncoder();
  const stdout = deno.stdout;
  const rawWrite = stdout.writeSync as Anything;
  const writeBytes = free(rawWrite) as (out: unknown, bytes: Uint8Array) => number;

  function write(text: string): void {
    let bytes = encode(encoder, text);
    while (sizeOf(bytes) > 0) bytes = rest(bytes, writeBytes(stdout, bytes));
  }

  // The first thing on stdout, before any code of the config: the mark of the one frame that counts.
  let marker = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) marker += (byte + 256).toString(16).slice(1);
  write(`${marker}\n`);

  // Some of these write to the disk, and none of them asks for a permission.
  const gone = [
    "Worker",
    "BroadcastChannel",
    "localStorage",
    "sessionStorage",
    "Storage",
    "caches",
    "CacheStorage",
    "Cache",
  ];
  for (const name of gone) delete world[name];
  delete world.Navigator.prototype.gpu;
  for (const name of ["openKv", "cron"]) delete deno[name];
  delete deno[deno.internal];
  // `process` is made on first use, which takes 15 ms: so is this.
  const processOf = getOwnPropertyDescriptor(world, "process")?.get as (() => Anything) | undefined;
  if (processOf !== undefined) {
    const get = () => {
      const process = processOf.call(world);
      delete process.getBuiltinModule; // a way to worker_threads past the import check
      return process;
    };
    Object.defineProperty(world, "process", { configurable: true, enumerable: false, get });
  }
  // A config that looks at what changes by itself is read anew each time.
  let lasting = true;
  const changes = (): void => {
    lasting = false;
  };
  const RealDate = Date;
  const watchedDate = new Proxy(RealDate, {
    construct(date, args, made) {
      if (args.length === 0) changes();
      return Reflect.construct(date, args, made);
    },
    apply(date, self, args) {
      changes();
      return Reflect.apply(date, self, args);
    },
    get(date, key) {
      if (key === "now") changes();
      return Reflect.get(date, key);
    },
  });
  RealDate.prototype.constructor = watchedDate;
  world.Date = watchedDate;
  const { random } = Math;
  Math.random = () => {
    changes();
    return random();
  };
  const { DateTimeFormat } = Intl;
  Object.defineProperty(Intl, "DateTimeFormat", {
    configurable: true,
    get: () => {
      changes();
      return DateTimeFormat;
    },
  });
  const moving = ["Deno", "crypto", "performance", "Performance", "Temporal", "navigator", "WeakRef", "Event", "File"];
  for (const name of [...moving, "FinalizationRegistry", "process"]) {
    const own = getOwnPropertyDescriptor(world, name);
    if (own === undefined) continue;
    if (own.configurable !== true) {
      changes();
      continue;
    }
    Object.defineProperty(world, name, {
      configurable: true,
      enumerable: own.enumerable === true,
      get: () => {
        changes();
        return own.get === undefined ? own.value : own.get.call(world);
      },
    });
  }
  // What a config prints is shown in one order, on one stream.
  const { error } = console;
  console.log = console.info = console.debug = error;

  function frame(kind: string, text: string): void {
    const size = sizeOf(encode(encoder, text));
    write(`\n${marker} ${kind} ${size}\n${text}`);
    exit(0);
  }

  let evaluated = false;
  let lost: string | undefined;
  world.addEventListener("unhandledrejection", (event: Anything) => {
    let text = "";
    try {
      const { reason } = event;
      text = typeof reason === "object" && reason !== null && "stack" in reason ? toText(reason.stack) : toText(reason);
    } catch {
      // a reason that cannot even be shown
    }
    // Before the end of the config it may be the config itself that failed, which Deno says better, and then nobody asks us.
    if (evaluated) frame("rejected", text);
    else lost = text;
  });

  const tooLarge = { __proto__: null };
  let issues = "";
  let issueCount = 0;
  let total = 0;

  function issue(path: string, found: string, hint: string): string {
    if (issueCount < 50) {
      issues += `${issueCount === 0 ? "" : ","}{"path":[${path}],"found":${stringify(found)},"hint":${
        stringify(hint)
      }}`;
    }
    issueCount++;
    return "null";
  }

  function count(text: string): string {
    total += text.length;
    if (total > dataBytes) throw tooLarge;
    return text;
  }

  const ancestors = { __proto__: null } as Anything;

  /** `place` follows the way to `tasks.<name>.run`: 0 nowhere, 1 a config, 2 its `extend`, 3 its `tasks`, 4 a task, 5 its `run`. */
  function walk(value: unknown, path: string, depth: number, place: number): string {
    if (value === null) return count("null");
    switch (typeof value) {
      case "string":
        return count(stringify(value));
      case "boolean":
        return count(value ? "true" : "false");
      case "number":
        if (!isFinite(value)) return issue(path, `the number ${toText(value)}`, "write a finite number");
        return count(stringify(value));
      case "undefined":
        return issue(path, "undefined", "leave it out or write a value");
      case "bigint":
        return issue(path, `the bigint ${toText(value)}n`, "write a number or a string");
      case "symbol":
        return issue(path, "a symbol", "write a string");
      case "function":
        if (place === 5) return count('"function"');
        return issue(path, "a function", "write its result; only `tasks.<name>.run` may be a function");
    }
    const object = value as Anything;
    if (isProxy(object)) return issue(path, "a Proxy", "write a plain object");
    if (depth > 200) return issue(path, "data nested deeper than 200 levels", "flatten it");
    for (let up = 0; up < depth; up++) {
      if (ancestors[up] === object) return issue(path, "an object that contains itself", "refer to it by its name");
    }
    ancestors[depth] = object;
    return isArray(object) ? walkArray(object, path, depth, place) : walkObject(object, path, depth, place);
  }

  function walkArray(list: Anything, path: string, depth: number, place: number): string {
    const length = list.length as number;
    const step = path === "" ? "" : ",";
    let text = "[";
    for (let index = 0; index < length; index++) {
      const here = `${path}${step}${index}`;
      const own = getOwnPropertyDescriptor(list, index);
      if (index > 0) text += count(",");
      if (own === undefined) {
        issue(here, "an empty slot", "write a value or leave the slot out");
        if (issueCount > 50) break;
      } else if (!hasOwn(own, "value")) {
        issue(here, "a getter", "write the value itself");
      } else {
        text += walk(own.value, here, depth + 1, place === 2 ? 1 : 0);
      }
    }
    if (ownKeys(list).length > length + 1) issue(path, "an array with properties of its own", "write a plain array");
    return text + count("]");
  }

  function walkObject(object: Anything, path: string, depth: number, place: number): string {
    const prototype = getPrototypeOf(object);
    if (prototype !== objectPrototype && prototype !== null) return notPlain(prototype, path);
    const keys = ownKeys(object);
    const step = path === "" ? "" : ",";
    let text = "{";
    let first = true;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at]!;
      const own = getOwnPropertyDescriptor(object, key)!;
      if (!own.enumerable) continue;
      if (typeof key === "symbol") {
        issue(path, `the symbol key ${toText(key)}`, "use a string as the key");
        continue;
      }
      const here = `${path}${step}${stringify(key)}`;
      if (key === "__proto__") {
        issue(here, 'the key "__proto__"', "choose another name");
      } else if (!hasOwn(own, "value")) {
        issue(here, "a getter", "write the value itself");
      } else if (own.value !== undefined) { // left out, as JSON does
        const next = place === 1 && key === "extend" ? 2 : place === 1 && key === "tasks" ? 3 : place === 3 ? 4 : 0;
        text += count(`${first ? "" : ","}${stringify(key)}:`);
        text += walk(own.value, here, depth + 1, place === 4 && key === "run" ? 5 : next);
        first = false;
      }
    }
    return text + count("}");
  }

  const advice = {
    __proto__: null,
    Date: "write the moment as a string",
    URL: "write its `href`",
    Map: "write a plain object, `Object.fromEntries(map)`",
    Set: "write an array, `[...set]`",
    RegExp: "write its `source`",
    Promise: "await it",
    Module: "write a plain object, `{ ...module }`",
  } as Anything as Record<string, string>;

  function notPlain(prototype: Anything, path: string): string {
    const maker = getOwnPropertyDescriptor(prototype, "constructor")?.value;
    const named = typeof maker === "function" ? getOwnPropertyDescriptor(maker, "name")?.value : undefined;
    const name = typeof named === "string" && named !== "" ? named : "a class";
    return issue(path, `an instance of ${name}`, advice[name] ?? "write a plain object");
  }

  function answer(namespace: Record<string, unknown>): void {
    const own = getOwnPropertyDescriptor(namespace, "default");
    if (own === undefined) return frame("no-default", "");
    let text = "";
    try {
      text = walk(own.value, "", 0, 1);
    } catch (problem) {
      if (problem === tooLarge) return frame("too-large", "");
      return frame("not-data", `[{"path":[],"found":"a value that throws when it is read","hint":"write plain data"}]`);
    }
    if (issueCount > 0) return frame("not-data", `[${issues}]`);
    frame(lasting ? "lasting" : "data", text);
  }

  // Rejections nobody handled are told between macrotasks, on a busy machine not before the first one.
  return (namespace) => {
    evaluated = true;
    later(() => later(() => lost === undefined ? answer(namespace) : frame("rejected", lost), 0), 0);
  };
}
