/**
 * Our ledger in the Go tool's shape, so that even its `del` restores. Where its plain replay would clobber (a file that was
 * there before, a directory others use, packages that were present), the op is a script that does the right thing.
 */
import { systemStore, userStore } from "../base/names.ts";
import { quoteWord, quoteWords } from "../command/quote.ts";
import { removeFile, type ReverseOp, reverseOp, undoScript } from "../steps/reverse_op.ts";
import type { LedgerState } from "../ledger/draft.ts";
import { type GoCandyRecord, type GoDeployRecord, type GoRecords, goSchemaVersion } from "../ledger/go_records.ts";
import type { Claim, DeployLedger, Prior } from "../ledger/record.ts";
import { planUndo, type UndoItem } from "../ledger/undo.ts";

/** Both stores of a target; the records are the user store's. */
export interface GoSource {
  readonly user: LedgerState;
  readonly root?: LedgerState;
  /** Records of the Go tool's own deploys: their ids stay, and their ops below ours. */
  readonly before?: GoRecords;
}

/** The records of one deploy, and of every candy it has. `undefined` when no store holds it. */
export function goRecordsOf(
  source: GoSource,
  deploy: string,
): { readonly deploy: GoDeployRecord; readonly layers: readonly GoCandyRecord[] } | undefined {
  const stores = [source.user, ...source.root === undefined ? [] : [source.root]];
  const ledgers = stores.flatMap(({ ledgers }) => ledgers[deploy] ?? []);
  const newest = ledgers.toSorted((a, b) => a.updated_at < b.updated_at ? 1 : -1)[0];
  if (newest === undefined) return undefined;
  const ops = [
    ...opsOf(source.user, deploy, "user"),
    ...source.root === undefined ? [] : opsOf(source.root, deploy, "root"),
  ];
  const record: GoDeployRecord = {
    schema_version: goSchemaVersion,
    deploy_id: deploy,
    image: newest.bundle,
    target: newest.target,
    candy: newest.candies,
    deployed_at: newest.updated_at,
  };
  return { deploy: record, layers: newest.candies.map((candy) => layerOf(source, stores, newest, candy, ops)) };
}

function layerOf(
  source: GoSource,
  stores: readonly LedgerState[],
  ledger: DeployLedger,
  candy: string,
  ops: readonly { readonly candy: string; readonly op: ReverseOp }[],
): GoCandyRecord {
  const known = stores.flatMap(({ ledgers }) => Object.values(ledgers));
  const ours = known.filter(({ candies }) => candies.includes(candy)).map(({ deploy_id }) => deploy_id);
  const theirs = source.before?.layers.find((layer) => layer.candy === candy);
  const foreign = (theirs?.deployed_by ?? []).filter((id) => !known.some(({ deploy_id }) => deploy_id === id));
  const kept = foreign.length > 0 ? theirs?.reverse_ops ?? [] : [];
  const version = ledger.candy_versions[candy];
  const steps = known.filter(({ deploy_id }) => deploy_id === ledger.deploy_id)
    .flatMap(({ claims }) => claims.filter((claim) => claim.candy === candy));
  const all = [...kept, ...ops.filter((it) => it.candy === candy).map(({ op }) => op)];
  return {
    schema_version: goSchemaVersion,
    candy,
    ...(version === undefined ? {} : { version }),
    deployed_by: [...new Set([...foreign, ...ours])].sort(),
    deployed_at: ledger.updated_at,
    steps: steps.map(({ want, summary }) => ({ kind: want.type, summary, completed_at: ledger.updated_at })),
    ...(all.length === 0 ? {} : { reverse_ops: all }),
  };
}

/** In the order of doing: the Go tool replays them backwards, which is our order of taking back. */
function opsOf(state: LedgerState, deploy: string, level: "user" | "root"): { candy: string; op: ReverseOp }[] {
  const first = state.ledgers[deploy]?.candies[0] ?? deploy;
  return planUndo(state, deploy).toReversed().flatMap((item) => {
    const op = opOf(item, level);
    return op === undefined ? [] : [{ candy: item.claim?.candy ?? first, op }];
  });
}

function opOf(item: UndoItem, level: "user" | "root"): ReverseOp | undefined {
  const scope = level === "root" ? "system" as const : "user" as const;
  const store = level === "root" ? quoteWord(systemStore) : `"$HOME"/${quoteWord(`${userStore}/engine`)}`;
  const script = (text: string): ReverseOp => undoScript(text, scope);
  const { claim, base } = item;
  const path = item.resource.slice(item.resource.indexOf(":") + 1);
  if (item.how === "undo" && claim !== undefined) return undoOf(claim, script);
  if (item.how !== "base" || base === undefined) return undefined;
  if (claim === undefined) return script(`rmdir -- ${quoteWord(path)} 2>/dev/null || :`);
  const { want } = claim;
  switch (want.type) {
    case "file":
    case "link":
    case "download":
      if (item.transactions !== undefined) return script(removeTree(store, item.transactions));
      return fileOp(path, base, scope, script, store);
    case "dir":
      if (base.was === "dir") {
        const [place, owner] = [quoteWord(want.path), `${base.uid}:${base.gid}`];
        return script(`chown -- ${owner} ${place} && chmod -- ${base.mode} ${place}`);
      }
      return script(`rmdir -- ${quoteWord(want.path)} 2>/dev/null || :`);
    case "block": {
      const marker = /^# opencharly:begin ?([^\s(]*)/.exec(want.begin)?.[1] ?? want.begin;
      return reverseOp("remove-managed-block", scope, { targets: [want.path], extra: { marker } });
    }
    case "packages":
      return script(removePackages(store, want.format, item.transactions ?? [], item.keepNames ?? []));
    case "unit": {
      const [enabled = "", active = ""] = base.was === "value" ? base.value.split(",") : [];
      const unitScope = want.manager === "system" ? "system" as const : "user" as const;
      if (enabled !== "enabled") return reverseOp("service-disable", unitScope, { targets: [want.unit] });
      if (active === "active") return reverseOp("restore-enabled", unitScope, { targets: [want.unit] });
      return script(`systemctl ${want.manager === "user" ? "--user " : ""}stop -- ${quoteWord(want.unit)}`);
    }
    case "cap": {
      const caps = base.was === "value" ? base.value : "";
      const words = caps === "" ? ["setcap", "-r", want.path] : ["setcap", caps, want.path];
      return script(quoteWords(words));
    }
    case "sysctl":
      if (base.was !== "listed") return undefined;
      return script(`sysctl -w ${quoteWord(want.key)}="$(cat ${store}/prior/${base.ref})"`);
    case "account":
      return script(quoteWords([want.account === "user" ? "userdel" : "groupdel", "--", want.name]));
    case "command":
    case "reboot":
      return undefined;
  }
}

function undoOf({ want }: Claim, script: (text: string) => ReverseOp): ReverseOp | undefined {
  if (want.type === "download") return script(`rm -rf -- ${quoteWords(want.uninstall)}`);
  if (want.type !== "command" || want.undo === undefined) return undefined;
  const exports = Object.entries(want.env).map(([name, value]) => `export ${name}=${quoteWord(value)}`);
  // Secrets are not on record: whoever replays this has them in the environment, or it says which one is missing.
  const needed = want.secrets.map((name) => `: "\${${name}:?is needed to undo this}"`);
  return script([...exports, ...needed, want.undo.text].join("\n"));
}

function fileOp(
  path: string,
  base: Prior,
  scope: "system" | "user",
  script: (text: string) => ReverseOp,
  store: string,
): ReverseOp | undefined {
  if (base.was === "absent") return removeFile(path, scope);
  if (base.was !== "linked" && base.was !== "copied") return undefined;
  const [file, temporary] = [quoteWord(path), quoteWord(`${path}.charly`)];
  return script(`cp -a -- ${store}/prior/${base.ref} ${temporary} && mv -f -- ${temporary} ${file}`);
}

const removers = { deb: "apt-get remove -y --", rpm: "dnf remove -y --", pac: "pacman -R --noconfirm --" } as const;

/** Packages the transactions brought, as their lists before and after say, without those others ask for. */
function removePackages(
  store: string,
  format: "deb" | "rpm" | "pac",
  transactions: readonly string[],
  keep: readonly string[],
): string {
  const program = `BEGIN { n = split(ENVIRON["CHARLY_KEEP"], k, " "); for (i = 1; i <= n; i++) had[k[i]] = 1 }
FNR == NR { if ($3 ~ /^.i/) had[$1] = 1; next } $3 ~ /^.i/ && !($1 in had) { print $1 }`;
  const lists = transactions.map((ref) => {
    const list = `${store}/prior/${ref}`;
    return `new="$new $(CHARLY_KEEP=${quoteWord(keep.join(" "))} awk -F'\\t' '${program}' ${list} ${list}.after)"`;
  });
  return ["new=", ...lists, `[ -z "$(echo $new)" ] || ${removers[format]} $new`].join("\n");
}

/** Members as the manifests name them: those that replaced something give it back, the others go. */
function removeTree(store: string, transactions: readonly string[]): string {
  return transactions.map((ref) =>
    `m=${store}/prior/${ref}
sed '1!G;h;$!d' "$m" | while IFS="$(printf '\\t')" read -r row path; do
  set -- $row
  case $1:$3 in
  dir:absent) rmdir -- "$path" 2>/dev/null ;;
  dir:*) ;;
  *:absent) rm -f -- "$path" ;;
  *) cp -a -- "$m.old/$3" "$path.charly" && mv -f -- "$path.charly" "$path" ;;
  esac
done`
  ).join("\n");
}
