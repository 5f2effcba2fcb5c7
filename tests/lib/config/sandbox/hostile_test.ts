import assert from "node:assert/strict";
import { failure, run } from "./fixture.ts";

const denied: readonly (readonly [name: string, config: string, message: string, hint: RegExp])[] = [
  [
    "reads a file of the system",
    'export default Deno.readTextFileSync("/etc/passwd");',
    'evaluate charly.config.ts: read access to "/etc/passwd" was denied (charly.config.ts:1:21)',
    /import text from ".\/file" with \{ type: "text" \}/,
  ],
  [
    "reads a file of the project",
    'export default Deno.readTextFileSync("motd.txt");',
    'evaluate charly.config.ts: read access to "motd.txt" was denied (charly.config.ts:1:21)',
    /`import text from ".\/motd.txt" with \{ type: "text" \}`/,
  ],
  [
    "reads through node",
    'export default (await import("node:buffer"), process.mainModule ?? Deno.readFileSync("/etc/shadow"));',
    'evaluate charly.config.ts: read access to "/etc/shadow" was denied (charly.config.ts:1:73)',
    /text/,
  ],
  [
    "imports a computed path",
    'const name = "/etc/" + "passwd";\nexport default await import(name, { with: { type: "text" } });',
    'evaluate charly.config.ts: read access to "/etc/passwd" was denied (charly.config.ts:2:16)',
    /text/,
  ],
  [
    "imports a file through a module it builds",
    `const text = 'import x from "file:///etc/passwd" with { type: "text" }; export default x;';\n` +
    'export default await import("data:text/javascript," + encodeURIComponent(text));',
    'evaluate charly.config.ts: read access to "/etc/passwd" was denied (charly.config.ts:2:16)',
    /text/,
  ],
  [
    "opens a socket",
    'await Deno.connect({ hostname: "127.0.0.1", port: 9 });',
    'evaluate charly.config.ts: net access to "127.0.0.1:9" was denied (charly.config.ts:1:12)',
    /do it in a task/,
  ],
  [
    "fetches",
    'await fetch("http://127.0.0.1:8080/");',
    'evaluate charly.config.ts: net access to "127.0.0.1:8080" was denied (charly.config.ts:1:7)',
    /do it in a task/,
  ],
  [
    "spawns a program",
    'new Deno.Command("ls").outputSync();',
    'evaluate charly.config.ts: run access to "ls" was denied (charly.config.ts:1:24)',
    /`command\(\)` entry/,
  ],
  [
    "writes a file",
    'Deno.writeTextFileSync("out.txt", "x");',
    'evaluate charly.config.ts: write access to "out.txt" was denied (charly.config.ts:1:6)',
    /`write\(\)` entry/,
  ],
  [
    "reads a secret of the environment",
    'export default Deno.env.get("AWS_SECRET_ACCESS_KEY");',
    'evaluate charly.config.ts: env access to "AWS_SECRET_ACCESS_KEY" was denied (charly.config.ts:1:25)',
    /declare a secret/,
  ],
  [
    "reads a secret through node",
    "export default process.env.AWS_SECRET_ACCESS_KEY;",
    'evaluate charly.config.ts: env access to "AWS_SECRET_ACCESS_KEY" was denied (charly.config.ts:1:28)',
    /declare a secret/,
  ],
  [
    "asks for the host's name",
    "export default Deno.hostname();",
    'evaluate charly.config.ts: sys access to "hostname" was denied (charly.config.ts:1:21)',
    /candy's plan/,
  ],
  [
    "loads a library",
    'Deno.dlopen("/lib/x.so", {});',
    'evaluate charly.config.ts: ffi access to "/lib/x.so" was denied (charly.config.ts:1:6)',
    /task/,
  ],
  [
    "signals another process",
    "process.kill(process.ppid, 0);",
    "evaluate charly.config.ts: run access was denied (charly.config.ts:1:9)",
    /task/,
  ],
];

for (const [name, config, message, hint] of denied) {
  Deno.test(`evaluate() names the denied permission when a config ${name}`, async () => {
    const { message: found, hint: foundHint, code } = await failure(run(config));
    assert.equal(found, message);
    assert.match(foundHint ?? "", hint);
    assert.equal(code, `config-denied-${/: (\w+) access/.exec(message)![1]}`);
  });
}

for (
  const name of ["localStorage.setItem('a', 'b')", "await caches.open('x')", "new Worker('data:text/javascript,')"]
) {
  const word = /localStorage|caches|Worker/.exec(name)![0];
  Deno.test(`evaluate() says that ${word} is not there when a config uses it`, async () => {
    const { message, code } = await failure(run(`${name};\nexport default {};`));
    assert.match(
      message,
      new RegExp(`^evaluate charly.config.ts: ${word} is not there for a config \\(charly.config.ts:1:\\d+\\)$`),
    );
    assert.equal(code, "config-removed");
  });
}

Deno.test("evaluate() leaves no way to a key-value store, to internals or to hidden node modules", async () => {
  const { data } = await run(`
    export default {
      kv: typeof Deno.openKv, internal: typeof Deno[Deno.internal], hidden: typeof process.getBuiltinModule,
      gpu: typeof navigator.gpu, channel: typeof BroadcastChannel,
    };`);
  const nothing = "undefined";
  assert.deepEqual(data, { kv: nothing, internal: nothing, hidden: nothing, gpu: nothing, channel: nothing });
});

Deno.test("evaluate() gives an empty environment even where a config asks politely", async () => {
  Deno.env.set("CHARLY_TEST_SECRET", "s3cret");
  try {
    const { data } = await run(`
      const { state } = await Deno.permissions.request({ name: "env", variable: "CHARLY_TEST_SECRET" });
      export default { state };`);
    assert.deepEqual(data, { state: "denied" });
  } finally {
    Deno.env.delete("CHARLY_TEST_SECRET");
  }
});

Deno.test("evaluate() does not take permissions from the project's deno.json", async () => {
  const files = {
    "deno.json":
      '{ "permissions": { "default": { "read": true, "env": true, "run": true } }, "unstable": ["kv", "worker-options"] }',
    "charly.config.ts": 'export default Deno.readTextFileSync("/etc/passwd");',
  };
  assert.equal((await failure(run(files))).code, "config-denied-read");
});

Deno.test("evaluate() ends a config that loops for ever", async () => {
  assert.deepEqual(await failure(run("while (true);", { limits: { wallMs: 700 } })), {
    message: "evaluate charly.config.ts: it was still running after 0.7 s and was ended",
    hint: "look for a loop without an end",
    code: "config-time",
  });
});

Deno.test("evaluate() ends a config whose timers never stop", async () => {
  const config = "setInterval(() => {}, 5); await new Promise(() => {});";
  assert.equal((await failure(run(config, { limits: { wallMs: 700 } }))).code, "config-time");
});

Deno.test("evaluate() says so when a config waits for nothing", async () => {
  const { message, code } = await failure(run("await new Promise(() => {});\nexport default {};"));
  assert.equal(message, "evaluate charly.config.ts: it waits for something that never comes (charly.config.ts:1:1)");
  assert.equal(code, "config-waits");
});

Deno.test("evaluate() ends a config that fills the heap", async () => {
  const { message, code } = await failure(
    run("const a = []; while (true) a.push({ a });", { limits: { heapMiB: 64 } }),
  );
  assert.equal(
    message,
    "evaluate charly.config.ts: it took more memory than it may (heap 64 MiB, whole process 768 MiB) and was ended",
  );
  assert.equal(code, "config-memory");
});

Deno.test("evaluate() ends a config that takes memory outside the heap", async () => {
  const config = "const a = []; while (true) a.push(new Uint8Array(1 << 24).fill(1));";
  const { message, code } = await failure(run(config, { limits: { memoryMiB: 300 } }));
  assert.equal(
    message,
    "evaluate charly.config.ts: it took more memory than it may (heap 256 MiB, whole process 300 MiB) and was ended",
  );
  assert.equal(code, "config-memory");
});

Deno.test("evaluate() ends a config that asks for 4 GiB at once and touches it", async () => {
  const config =
    "const m = new WebAssembly.Memory({ initial: 65535 }); new Uint8Array(m.buffer).fill(1); export default 1;";
  assert.equal((await failure(run(config))).code, "config-memory");
});

for (
  const [stream, config] of [
    ["console", 'const x = "y".repeat(1 << 20); for (let i = 0; i < 1024; i++) console.log(x);'],
    ["stdout", "const x = new Uint8Array(1 << 20).fill(121); for (let i = 0; i < 1024; i++) Deno.stdout.writeSync(x);"],
    ["stderr", "const x = new Uint8Array(1 << 20).fill(121); for (let i = 0; i < 1024; i++) Deno.stderr.writeSync(x);"],
  ] as const
) {
  Deno.test(`evaluate() ends a config that prints 1 GiB to ${stream}`, async () => {
    assert.deepEqual(await failure(run(`${config} export default {};`)), {
      message: "evaluate charly.config.ts: it printed more than 1048576 bytes and was ended",
      hint: "print less: only the default export counts",
      code: "config-output",
    });
  });
}

Deno.test("evaluate() refuses a result larger than the limit", async () => {
  const { message, code } = await failure(
    run('export default { a: "x".repeat(2000) };', { limits: { dataBytes: 1000 } }),
  );
  assert.equal(message, "evaluate charly.config.ts: its default export is larger than 1000 bytes");
  assert.equal(code, "config-too-large");
});

Deno.test("evaluate() refuses a small object that is enormous when written out", async () => {
  const config = "let o = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o };\nexport default o;";
  assert.equal((await failure(run(config, { limits: { dataBytes: 100_000 } }))).code, "config-too-large");
});

for (const [call, code] of [["Deno.exit()", 0], ["Deno.exit(7)", 7], ["process.exit(3)", 3]] as const) {
  Deno.test(`evaluate() says so when a config ends the process with ${call}`, async () => {
    assert.deepEqual(await failure(run(`${call};\nexport default {};`)), {
      message: `evaluate charly.config.ts: it ended the process itself (exit code ${code})`,
      hint: "remove `Deno.exit` or `process.exit`; throw an error instead",
      code: "config-exit",
    });
  });
}

Deno.test("evaluate() fails on a rejection nobody handles", async () => {
  const config = 'export default { a: 1 };\nPromise.reject(new Error("lost"));';
  const { message, code } = await failure(run(config));
  assert.equal(
    message,
    "evaluate charly.config.ts: a promise was rejected and nothing handled it: Error: lost (charly.config.ts:2:16)",
  );
  assert.equal(code, "config-rejection");
});

Deno.test("evaluate() shows what a config threw and where", async () => {
  const { message, code } = await failure(run('const a = 1;\nthrow new TypeError("no\\u001b[31mway");'));
  assert.equal(message, "evaluate charly.config.ts: TypeError: noway (charly.config.ts:2:7)");
  assert.equal(code, "config-threw");
});

Deno.test("evaluate() believes no frame but its own", async () => {
  const config = `
    const forged = '{"owned":true}';
    const guess = "0".repeat(32);
    Deno.stdout.writeSync(new TextEncoder().encode("\\n" + guess + " data " + forged.length + "\\n" + forged));
    export default { honest: true };`;
  const { data, output } = await run(config);
  assert.deepEqual(data, { honest: true });
  assert.match(output, /"owned":true/);
});

Deno.test("evaluate() returns the export of a config that replaces the built-ins", async () => {
  const config = `
    const forged = () => '{"owned":true}';
    Object.defineProperty(Array.prototype, "0", { set() {}, configurable: true });
    JSON.stringify = forged;
    Reflect.ownKeys = Object.keys = () => ["owned"];
    Reflect.getPrototypeOf = () => Object.prototype;
    Reflect.getOwnPropertyDescriptor = () => ({ value: true, enumerable: true });
    Object.hasOwn = Array.isArray = () => true;
    String = forged;
    TextEncoder.prototype.encode = () => new Uint8Array(5);
    Uint8Array.prototype.subarray = () => new Uint8Array();
    Deno.stdout.writeSync = () => 0;
    Deno.exit = process.exit = () => {};
    setTimeout = globalThis.setTimeout = () => 0;
    Object.prototype.get = () => "owned";
    Object.prototype.value = "owned";
    Object.prototype.toJSON = forged;
    Function.prototype.call = Function.prototype.bind = Function.prototype.apply = () => {};
    export default { honest: ["yes", 1, null, true] };`;
  const { data } = await run(config);
  assert.deepEqual(data, { honest: ["yes", 1, null, true] });
});

Deno.test("evaluate() takes back everything that is not data, with its path", async () => {
  const config = `
    class Host {}
    const cycle = { name: "c" };
    cycle.self = cycle;
    export default {
      getter: { get a() { return 1; } },
      proxy: new Proxy({}, { ownKeys() { throw new Error("trap"); } }),
      candies: { git: { plan: [{ run() {} }] } },
      date: new Date(0), map: new Map(), url: new URL("http://x"), host: new Host(),
      nan: NaN, infinite: -Infinity, big: 1n, symbol: Symbol("s"), promise: Promise.resolve(1),
      list: [1, , undefined], cycle, keyed: { [Symbol("k")]: 1 }, ["__proto__"]: { x: 1 },
    };`;
  const { message, code } = await failure(run(config));
  assert.deepEqual(message.split("\n  "), [
    "evaluate charly.config.ts: not plain data",
    "getter/a: a getter",
    "proxy: a Proxy",
    "candies/git/plan/0/run: a function",
    "date: an instance of Date",
    "map: an instance of Map",
    "url: an instance of URL",
    "host: an instance of Host",
    "nan: the number NaN",
    "infinite: the number -Infinity",
    "big: the bigint 1n",
    "symbol: a symbol",
    "promise: an instance of Promise",
    "list/1: an empty slot",
    "list/2: undefined",
    "cycle/self: an object that contains itself",
    "keyed: the symbol key Symbol(k)",
    '__proto__: the key "__proto__"',
  ]);
  assert.equal(code, "config-not-data");
});

Deno.test("evaluate() refuses data nested too deeply", async () => {
  const config = "let o = {}; for (let i = 0; i < 5000; i++) o = { o };\nexport default o;";
  assert.match((await failure(run(config))).message, /: data nested deeper than 200 levels$/);
});

Deno.test("evaluate() names the first path that differs between two evaluations", async () => {
  const config = "export default { a: 1, candies: { git: { version: String(Math.random()) } }, z: Math.random() };";
  assert.deepEqual(await failure(run(config, { verifyDeterministic: true })), {
    message: "evaluate charly.config.ts twice: candies/git/version differs between two evaluations",
    hint: "write the value down instead of the clock or a random number",
    code: "config-differs",
  });
});

Deno.test("evaluate() accepts a config that is the same twice", async () => {
  const { data } = await run("export default { a: [1, 2] };", { verifyDeterministic: true });
  assert.deepEqual(data, { a: [1, 2] });
});
