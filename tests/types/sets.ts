/** References across modules: sets of candies, `extend`, and YAML whose names nobody knows. */
import { bundle, candies, candy, defineConfig, fromYaml, local, task, vm, vmTarget } from "@charly/charly";

const about = { version: "2026.300.0900", description: "for the test" };

/** A candy of a module of its own: what it needs is checked where it is used. */
export const outside = candy({ ...about, require: ["git"] });

export const team = candies({
  git: candy({ ...about }),
  gh: candy({ ...about, require: ["git", "base"] }),
}, ["base"]);

export const shared = defineConfig({
  candies: { ...team, base: candy({ ...about }) },
  vms: { deb: vm({ ram: "2GiB" }) },
  bundles: { lab: bundle({ on: local() }) },
  tasks: { lint: task({ run: () => {} }) },
});

export const good = defineConfig({
  extend: [shared],
  candies: { motd: candy({ ...about, require: ["git"] }), outside },
  bundles: { web: bundle({ on: vmTarget("deb"), candy: ["motd"] }), here: { on: local(), candy: ["gh"] } },
  tasks: { all: task({ needs: ["lint"], run: ({ hosts }) => hosts.lab }) },
  defaults: { bundle: "lab" },
});

/** Names of a configuration taken in by one that is itself taken in. */
export const twice = defineConfig({
  extend: [good],
  candies: { more: candy({ ...about, require: ["motd", "base"] }) },
});

/** With a YAML file any name may come from there. */
export const open = defineConfig({
  extend: [shared, fromYaml("./charly.yml")],
  candies: { motd: candy({ ...about, require: ["git", "a-name-of-the-yaml"] }) },
  bundles: { web: bundle({ on: vmTarget("a-machine-of-the-yaml"), candy: ["another"] }) },
});

interface YamlNames {
  readonly candy: "yq";
  readonly local: never;
  readonly bundle: never;
  readonly vm: never;
  readonly box: never;
  readonly task: never;
}

export const closed = defineConfig({
  extend: [fromYaml<YamlNames>("./charly.yml")],
  candies: {
    a: candy({ ...about, require: ["yq"] }),
    // @ts-expect-error the file has no candy of that name
    b: candy({ ...about, require: ["yqq"] }),
  },
});

// @ts-expect-error "base" is neither in the set nor expected
candies({ gh: candy({ ...about, require: ["base"] }) });

// @ts-expect-error the set expects "base"
defineConfig({ candies: { ...team } });

defineConfig({
  candies: {
    // @ts-expect-error the imported candy needs "git"
    outside,
  },
});

defineConfig({
  extend: [shared],
  candies: {
    // @ts-expect-error unknown candy, helper
    a: candy({ ...about, require: ["gitt"] }),
    // @ts-expect-error unknown candy, plain
    b: { ...about, require: ["gitt"] },
  },
  bundles: {
    // @ts-expect-error unknown machine, helper
    c: bundle({ on: vmTarget("debb") }),
    // @ts-expect-error unknown candy, plain
    d: { on: local(), candy: ["gitt"] },
  },
  tasks: {
    // @ts-expect-error unknown task
    e: task({ needs: ["lintt"] }),
    // @ts-expect-error unknown bundle
    f: task({ run: ({ hosts }) => hosts.labb }),
  },
  // @ts-expect-error unknown bundle
  defaults: { bundle: "labb" },
});

// @ts-expect-error only configurations and YAML files can be taken in
defineConfig({ extend: [{ candies: {} }] });
