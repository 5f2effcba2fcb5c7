/** What is to be evaluated: a file of a project, or an address. */
import { basename, dirname, fileUrl } from "../../base/path.ts";
import { apiName, apiUrl } from "./api.ts";
import { type ProjectFacts, projectFacts } from "./deno_json.ts";

/** What both kinds have. */
interface SourceBase {
  /** Address of the config. */
  readonly url: string;
  /** The project's directory with symbolic links resolved: what the config may import from, and what its paths are relative to. */
  readonly root: string;
  /** How messages call the config. */
  readonly label: string;
  /** Hosts (`host`, `host:port`) modules may be imported from. */
  readonly importHosts: readonly string[];
}

/** A config on this disk. */
export interface FileSource extends SourceBase {
  readonly kind: "file";
  readonly facts: ProjectFacts;
}

/** A config at an `http:` or `https:` address. */
export interface UrlSource extends SourceBase {
  readonly kind: "url";
  /** Import map naming charly's API, as a `data:` URL. */
  readonly importMap: string;
  /** Fetch again instead of taking the cache's word. */
  readonly reload: boolean;
}

/** What is to be evaluated. */
export type Source = FileSource | UrlSource;

/**
 * A config file as a source.
 *
 * @param path absolute path of an existing file
 * @param allowImport hosts its imports may come from; charly's own is added when charly itself was loaded from one
 */
export function fileSource(path: string, allowImport: readonly string[] = []): FileSource {
  const root = Deno.realPathSync(dirname(path));
  const name = basename(path);
  return {
    kind: "file",
    url: fileUrl(`${root}/${name}`),
    root,
    label: name,
    importHosts: hosts(allowImport),
    facts: projectFacts(root),
  };
}

/**
 * A config at an address as a source. Modules may come from its own host and from `allowImport`, files from nowhere.
 *
 * @param url `http:` or `https:` address
 * @param root directory its relative paths refer to
 * @param reload fetch again; not needed when an integrity digest decides
 */
export function urlSource(url: string, root: string, allowImport: readonly string[] = [], reload = true): UrlSource {
  const imports = { imports: { [apiName]: apiUrl() } };
  return {
    kind: "url",
    url: new URL(url).href,
    root: Deno.realPathSync(root),
    label: url,
    importHosts: hosts([hostOf(new URL(url)), ...allowImport]),
    importMap: `data:application/json,${encodeURIComponent(JSON.stringify(imports))}`,
    reload,
  };
}

/** `host:port`, the port always written. */
export function hostOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
}

function hosts(listed: readonly string[]): string[] {
  const api = new URL(apiUrl());
  const own = api.protocol === "file:" ? [] : [hostOf(api)];
  return [...new Set([...listed, ...own])];
}
