/** A language client that drives `deno lsp` as an editor does: JSON-RPC over its streams. */

/** 0-based, as the protocol counts. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** One problem of a document. */
export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly message: string;
  /** 1 error, 2 warning, 3 information, 4 hint (an import that nothing uses). */
  readonly severity?: number;
  readonly source?: string;
  readonly code?: string | number;
}

/** What a completion offers. */
export interface CompletionItem {
  readonly label: string;
  readonly kind?: number;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A running language server on one project; `await using` ends it. */
export class LanguageClient implements AsyncDisposable {
  readonly #server: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #published = new Map<string, { readonly version: number; readonly diagnostics: readonly Diagnostic[] }>();
  readonly #watchers = new Set<() => void>();
  readonly #versions = new Map<string, number>();
  readonly #reading: Promise<void>;
  #last = 0;

  private constructor(root: string) {
    this.#server = new Deno.Command(Deno.execPath(), {
      args: ["lsp", "--quiet"],
      cwd: root,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).spawn();
    this.#writer = this.#server.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts a server in the project directory `root`. */
  static async start(root: string): Promise<LanguageClient> {
    const client = new LanguageClient(root);
    await client.request("initialize", {
      processId: Deno.pid,
      rootUri: `file://${root}`,
      capabilities: {
        textDocument: { completion: {}, hover: { contentFormat: ["markdown"] }, publishDiagnostics: {} },
      },
      initializationOptions: { enable: true, lint: false, config: "./deno.json" },
      workspaceFolders: [{ uri: `file://${root}`, name: "project" }],
    });
    await client.notify("initialized", {});
    return client;
  }

  /** Opens a document, or replaces its text. */
  async open(path: string, text: string): Promise<void> {
    const uri = `file://${path}`, version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    if (version === 1) {
      await this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "typescript", version, text } });
    } else {
      await this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
    }
  }

  /** What can be written at a place. */
  async complete(path: string, position: Position): Promise<readonly CompletionItem[]> {
    const params = { textDocument: { uri: `file://${path}` }, position, context: { triggerKind: 1 } };
    const result = await this.request("textDocument/completion", params) as
      | readonly CompletionItem[]
      | { readonly items: readonly CompletionItem[] }
      | null;
    return result === null ? [] : "items" in result ? result.items : result;
  }

  /** The text of the box that an editor shows over a place. */
  async hover(path: string, position: Position): Promise<string> {
    const result = await this.request("textDocument/hover", { textDocument: { uri: `file://${path}` }, position }) as
      | { readonly contents: unknown }
      | null;
    const parts = result === null ? [] : Array.isArray(result.contents) ? result.contents : [result.contents];
    return parts.map((part) => typeof part === "string" ? part : (part as { readonly value: string }).value).join("\n");
  }

  /** The problems of the text opened last, once `enough` is satisfied: servers publish them in several rounds. */
  async diagnostics(path: string, enough: (found: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    const uri = `file://${path}`;
    while (true) {
      const found = this.#published.get(uri);
      if (found?.version === this.#versions.get(uri) && enough(found!.diagnostics)) return found!.diagnostics;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(
        () => reject(new Error(`diagnostics: only ${JSON.stringify(found)} after 60 s`)),
        60_000,
      );
      this.#watchers.add(resolve);
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        this.#watchers.delete(resolve);
      }
    }
  }

  /** Asks the server and waits for its answer. */
  async request(method: string, params?: unknown): Promise<unknown> {
    const id = ++this.#last;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    await this.#send({ id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Tells the server. */
  notify(method: string, params?: unknown): Promise<void> {
    return this.#send({ method, params });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.request("shutdown");
    await this.notify("exit");
    await this.#writer.close().catch(() => {}); // it may be gone already
    await this.#reading;
    await this.#server.status;
  }

  async #send(message: Readonly<Record<string, unknown>>): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
    const head = new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`);
    await this.#writer.write(new Uint8Array([...head, ...body]));
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array();
    for await (const chunk of this.#server.stdout) {
      buffer = new Uint8Array([...buffer, ...chunk]);
      while (true) {
        const head = new TextDecoder().decode(buffer.subarray(0, 200));
        const match = /^Content-Length: (\d+)\r\n(?:[^\r]+\r\n)*\r\n/i.exec(head);
        if (match === null) break;
        const end = match[0].length + Number(match[1]);
        if (buffer.length < end) break;
        const message = JSON.parse(new TextDecoder().decode(buffer.subarray(match[0].length, end))) as Message;
        buffer = buffer.slice(end);
        await this.#receive(message);
      }
    }
  }

  async #receive({ id, method, params, ...answer }: Message): Promise<void> {
    if (id !== undefined && method === undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    } else if (id !== undefined) {
      const items = (params?.["items"] ?? []) as readonly unknown[];
      await this.#send({ id, result: method === "workspace/configuration" ? items.map(() => null) : null });
    } else if (method === "textDocument/publishDiagnostics") {
      const { uri, version, diagnostics } = params as unknown as {
        readonly uri: string;
        readonly version: number;
        readonly diagnostics: readonly Diagnostic[];
      };
      this.#published.set(uri, { version, diagnostics });
      for (const tell of this.#watchers) tell();
    }
  }
}

/** A text with one `|`: the text without it, and where it stood. */
export function atCursor(marked: string): { readonly text: string; readonly position: Position } {
  const [before, after, ...more] = marked.split("|");
  if (after === undefined || more.length > 0) throw new Error("a text with exactly one cursor is needed");
  const lines = before!.split("\n");
  return { text: before! + after, position: { line: lines.length - 1, character: lines.at(-1)!.length } };
}

/** What a range covers. */
export function covered(text: string, { start, end }: Diagnostic["range"]): string {
  const lines = text.split("\n");
  if (start.line !== end.line) return lines.slice(start.line, end.line + 1).join("\n");
  return lines[start.line]!.slice(start.character, end.character);
}
