/** Samples as the importer loads them: each with its own problems, older ones as `charly migrate` leaves them. */
import { join } from "node:path";
import type { Config } from "../../lib/entities/config.ts";
import type { ConfigIssue } from "../../lib/config/issue.ts";
import { parseConfig } from "../../lib/config/parse.ts";
import type { YamlEntity } from "../../lib/config/yaml/entity.ts";
import { migrate, type Migration } from "../../lib/config/yaml/migrate.ts";
import { type Problem, Problems } from "../../lib/config/yaml/problem.ts";
import { readYaml } from "../../lib/config/yaml/read.ts";
import { placeIssues, readYamlConfig, type YamlConfig } from "../../lib/config/yaml/yaml_config.ts";
import { candyName } from "../../lib/plan/order.ts";
import { tempDir } from "../shared/tmp.ts";
import { bytesOf, corpus, type Sample } from "./samples.ts";

/** What came of a sample. */
export interface Loaded {
  readonly problems: readonly Problem[];
  readonly entities: readonly YamlEntity[];
  /** Names, files and repositories it refers to that the samples do not hold: they are a part of their projects only. */
  readonly absent: number;
  /** What the migration did, and what it leaves to the user. */
  readonly migration?: Pick<Migration, "changes" | "manual">;
}

/** Loads a sample; one of an older form is migrated into a project of its own, and that is loaded. */
export async function load(sample: Sample): Promise<Loaded> {
  if (sample.age === "current") {
    const yaml = readYamlConfig(join(corpus, sample.project), sample.path);
    const { problems, absent } = checked(yaml, sample.path);
    // What a file takes in is looked at with the file it is in.
    return {
      problems: problems.filter(({ at }) => at.file === sample.path),
      entities: yaml.project.entities.filter(({ at }) => at.file === sample.path),
      absent,
    };
  }
  const problems = new Problems();
  const { documents } = readYaml(bytesOf(sample), sample.path, problems);
  const migration = migrate(new Map([[sample.path, documents]]));
  await using dir = await tempDir();
  if (migration.write.size === 0) await dir.write({ [sample.path]: bytesOf(sample) });
  else await dir.write(Object.fromEntries(migration.write));
  const root = migration.write.size === 0 ? sample.path : "charly.yml";
  const yaml = readYamlConfig(dir.path, root);
  const after = checked(yaml, root);
  return {
    problems: [...problems.all, ...after.problems],
    entities: yaml.project.entities,
    absent: after.absent,
    migration,
  };
}

/** Everything a typed config would refuse as well, apart from names the samples do not hold. */
function checked(yaml: YamlConfig, root: string): { readonly problems: readonly Problem[]; readonly absent: number } {
  const parsed = parseConfig(yaml.data);
  const issues = "issues" in parsed ? parsed.issues : [];
  const others = issues.filter(({ code }) => code !== "unknown-name");
  placeIssues(yaml, others, { file: root, line: 1, column: 1 });
  const problems = yaml.problems.all.filter(({ code, message }) =>
    code !== "not-fetched" && (code !== "not-found" || !/ is not there$/.test(message))
  );
  return { problems, absent: issues.length - others.length + yaml.problems.all.length - problems.length };
}

const standIn = { version: "2026.001.0001", description: "absent" };

/** Layers of one project as a checked configuration, in which an empty candy stands in for every name the samples lack. */
export function candiesOf(entities: readonly YamlEntity[]): Config["candies"] {
  const candies: Record<string, unknown> = Object.create(null);
  for (const { table, name, value } of entities) if (table === "candies") candies[name] ??= value;
  for (const { value } of entities) {
    const refs = [value["require"], value["candy"], value["bakePlugin"]].flat().filter((it) => typeof it === "string");
    for (const ref of refs) if (ref.startsWith("@")) candies[candyName(ref)] ??= standIn;
  }
  for (let round = 0; round < 2; round++) {
    const parsed = parseConfig({ candies });
    if (!("issues" in parsed)) return parsed.config.candies;
    for (const issue of parsed.issues) candies[missing(issue)] = standIn;
  }
  throw new Error("names are missing still");
}

function missing(issue: ConfigIssue): string {
  if (issue.code === "unknown-name" && issue.noun === "candy") return issue.name;
  throw new Error(`${issue.path.join("/")}: ${JSON.stringify(issue)}`);
}
