/** What commands find in their environment: the bundle's, and for the login user that of the candies before them. */
import type { hookValues } from "../steps/shell_hook.ts";
import { deferHome, exportName, resolveHome } from "../steps/variables.ts";

type Hook = ReturnType<typeof hookValues>;
type Variables = Readonly<Record<string, string>>;

/**
 * The environment in one place of the plan. It never changes: each candy with variables gives a new one, which knows the one
 * before. Only commands ask what is in it, so that it is put together for them alone.
 */
export class Environment {
  #user: Variables | undefined;
  #path: readonly string[] | undefined;

  private constructor(
    /** For commands as root. */
    readonly root: Variables,
    readonly before?: Environment,
    readonly candy: string = "",
    readonly hook: Hook = { env: {}, path: [] },
  ) {}

  /** The one a plan begins with. @param env the bundle's variables */
  static first(env: Variables, home: string): Environment {
    const names = Object.keys(env).sort();
    return new Environment(Object.fromEntries(
      names.map((name) => [exportName(name, "env of the bundle"), resolveHome(deferHome(env[name] ?? ""), home)]),
    ));
  }

  /** The one behind a candy with variables or directories of its own. */
  with(candy: string, hook: Hook): Environment {
    return new Environment(this.root, this, candy, hook);
  }

  /** For commands as the login user. As at login, where env.d is read in alphabetical order: the last candy wins. */
  get user(): Variables {
    return this.#user ??= Object.assign({}, ...this.#hooks().map(({ env }) => env), this.root);
  }

  /** As at login: the alphabetically last candy's directories stand first. `$NAME` of earlier candies is put in. */
  get path(): readonly string[] {
    const env = this.user;
    const named = (whole: string, a: string | undefined, b: string | undefined) => {
      const name = a ?? b ?? "";
      return Object.hasOwn(env, name) ? env[name] ?? whole : whole;
    };
    return this.#path ??= [
      ...new Set(
        this.#hooks().toReversed().flatMap(({ path }) => path).map((entry) =>
          entry.replace(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, named)
        ),
      ),
    ];
  }

  /** Of all candies so far, in alphabetical order. */
  #hooks(): Hook[] {
    const hooks: [string, Hook][] = this.before === undefined ? [] : [[this.candy, this.hook]];
    for (let at = this.before; at?.before !== undefined; at = at.before) hooks.push([at.candy, at.hook]);
    return hooks.sort(([a], [b]) => a < b ? -1 : 1).map(([, hook]) => hook);
  }
}
