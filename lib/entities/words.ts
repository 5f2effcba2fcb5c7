/**
 * Words a project adds to those charly knows, or replaces: distributions, builders, init systems, resources, sidecars, agents.
 * Templates are Go's, kept as they are: charly does not execute them.
 */
import type { Security } from "./candy.ts";
import type { PlanEntry } from "./plan_entry.ts";

/** What every word may say. */
export interface Word {
  /** One line for people. */
  readonly description?: string;
  /** What must hold, and what the project wrote beside it. */
  readonly plan?: readonly PlanEntry[];
}

/** A directory builds share. */
export interface CacheMount {
  /** Absolute path. */
  readonly dst: string;
  /** Whether several builds use it at once. @default {"locked"} */
  readonly sharing?: "locked" | "shared" | "private";
  /** Belongs to the user inside. */
  readonly owned?: boolean;
}

/** A template for images and one for machines. */
export interface PhaseTemplates {
  /** In an image build. */
  readonly container?: string;
  /** On a machine. */
  readonly host?: string;
}

/** Templates by phase. */
export interface Phases {
  /** Before. */
  readonly prepare?: PhaseTemplates;
  /** The work. */
  readonly install?: PhaseTemplates;
  /** After. */
  readonly cleanup?: PhaseTemplates;
}

/** How packages of one format are handled by a distribution. */
export interface DistroFormat {
  /** Directories builds share. */
  readonly cacheMount?: readonly CacheMount[];
  /** Fields of a candy's section. */
  readonly sectionField?: Readonly<Record<string, "list" | "list_of_maps">>;
  /** Template. */
  readonly installTemplate?: string;
  /** Template. */
  readonly uninstallTemplate?: string;
  /** Templates by phase. */
  readonly phase?: Phases;
  /** What sections must be like. */
  readonly validate?: readonly {
    /** Field of the section. */
    readonly field?: string;
    /** Rule it follows. */
    readonly rule?: string;
  }[];
  /** A format beside the distribution's own. */
  readonly secondary?: unknown;
  /** Packages built from a directory of the project. */
  readonly localPkg?: Readonly<Record<string, string>>;
}

/** A repository a bare system starts with. */
export interface BootstrapRepo {
  /** Name. */
  readonly name: string;
  /** Everything else. */
  readonly [field: string]: unknown;
}

/** A distribution. */
export interface Distro extends Word {
  /** Distribution it is made from. */
  readonly inherits?: string;
  /** Whether it takes the package sections of that one as well. */
  readonly inheritPackages?: boolean;
  /** Release, for example `13`. */
  readonly version?: string;
  /** What every image of it starts with. */
  readonly bootstrap?: {
    /** Command that installs packages. */
    readonly installCmd?: string;
    /** Packages. */
    readonly package?: readonly string[];
    /** Directories builds share. */
    readonly cacheMount?: readonly CacheMount[];
  };
  /** What it needs to be worked around. */
  readonly workaround?: unknown;
  /** Package formats; the first is its own. */
  readonly format?: Readonly<Record<string, DistroFormat>>;
  /** User its images bring. */
  readonly baseUser?: {
    /** Account. */
    readonly name?: string;
    /** User id. */
    readonly uid?: number;
    /** Group id. */
    readonly gid?: number;
    /** Home directory. */
    readonly home?: string;
  };
  /** How pacstrap makes a bare one. */
  readonly pacstrap?: {
    /** Packages. */
    readonly basePackage?: readonly string[];
    /** Shell text. */
    readonly keyringInitCmd?: string;
    /** Where the list of mirrors is. */
    readonly mirrorlistUrl?: string;
    /** More repositories. */
    readonly extraRepo?: readonly BootstrapRepo[];
    /** Configuration of pacman. */
    readonly runtimePacmanConf?: string;
  };
  /** How debootstrap makes a bare one. */
  readonly debootstrap?: {
    /** Suite, for example `trixie`. */
    readonly suite?: string;
    /** Mirror. */
    readonly mirror?: string;
    /** Variant, for example `minbase`. */
    readonly variant?: string;
    /** Components. */
    readonly components?: unknown;
    /** Packages debootstrap brings itself. */
    readonly includePackage?: readonly string[];
    /** Packages installed afterwards. */
    readonly basePackage?: readonly string[];
    /** More repositories. */
    readonly extraRepo?: readonly BootstrapRepo[];
  };
  /** How a bare Alpine is made. */
  readonly alpineBootstrap?: {
    /** Mirror. */
    readonly mirrorUrl?: string;
  };
  /** How it boots. */
  readonly bootloader?: {
    /** Template. */
    readonly installTemplate?: string;
    /** Template. */
    readonly initramfsTemplate?: string;
    /** Template. */
    readonly fstabTemplate?: string;
  };
  /** Settings of dnf. */
  readonly dnf?: {
    /** Downloads at once. */
    readonly maxParallelDownloads?: number;
    /** Look for the fastest mirror. */
    readonly fastestmirror?: boolean;
  };
}

/** A file that is copied out of a builder. */
export interface BuiltFile {
  /** Path in the builder. */
  readonly src?: string;
  /** Path in the image. */
  readonly dst?: string;
  /** Owner in the image. */
  readonly chown?: unknown;
}

/** What makes artifacts of a candy, or a bare system. */
export interface Builder extends Word {
  /** Artifacts of a candy, or a bare system. @default {"layer"} */
  readonly kind?: "layer" | "bootstrap";
  /** Needs all capabilities. */
  readonly privileged?: boolean;
  /** Where a bare system is written. */
  readonly outputArtifact?: string;
  /** Files of a candy it is for. */
  readonly detectFile?: readonly string[];
  /** Field of a candy it is for. */
  readonly detectConfig?: unknown;
  /** Only when the candy has `src/`. */
  readonly requiresSrcDir?: boolean;
  /** Runs in the image itself. */
  readonly inline?: unknown;
  /** Directories builds share. */
  readonly cacheMount?: readonly CacheMount[];
  /** Environment where its artifacts run. */
  readonly runtimeEnv?: unknown;
  /** Template. */
  readonly stageTemplate?: string;
  /** Template. */
  readonly installTemplate?: string;
  /** Python wheels: what is corrected. */
  readonly manylinuxFix?: unknown;
  /** Script of a candy it runs. */
  readonly buildScript?: string;
  /** Templates by phase. */
  readonly phase?: Phases;
  /** Commands by kind of file. */
  readonly installCommand?: Readonly<Record<string, string>>;
  /** Files copied out of it. */
  readonly copyArtifact?: readonly BuiltFile[];
  /** Programs copied out of it. */
  readonly copyBinary?: unknown;
  /** Directories it adds to PATH. */
  readonly pathContribution?: unknown;
  /** Environment of the build. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What starts services inside a container or a machine. */
export interface InitSystem extends Word {
  /** One file made of fragments, or one file per service. */
  readonly model: "fragment_assembly" | "file_copy";
  /** Fields of a candy it reads. */
  readonly candyField?: unknown;
  /** Files of a candy it reads. */
  readonly candyFile?: unknown;
  /** Candy that brings it. */
  readonly dependsCandy?: unknown;
  /** Capabilities an image needs for it. */
  readonly requiresCapability?: readonly string[];
  /** File that comes first. */
  readonly headerFile?: string;
  /** Directory of the fragments. */
  readonly fragmentDir?: string;
  /** Template. */
  readonly relayTemplate?: string;
  /** Name of the build stage. */
  readonly stageName?: string;
  /** What the stage copies first. */
  readonly stageHeaderCopy?: unknown;
  /** What the stage copies. */
  readonly stageFragmentCopy?: unknown;
  /** Template. */
  readonly assemblyTemplate?: string;
  /** Template. */
  readonly systemEnableTemplate?: string;
  /** Template. */
  readonly postAssemblyTemplate?: string;
  /** What a container starts. */
  readonly entrypoint?: unknown;
  /** What it starts without services. */
  readonly fallbackEntrypoint?: unknown;
  /** Program that asks it. */
  readonly managementTool?: string;
  /** Its arguments by what is asked. */
  readonly managementCommand?: Readonly<Record<string, string>>;
  /** Label of images. */
  readonly labelKey?: string;
  /** How services become its files. */
  readonly serviceSchema?: {
    /** Template. */
    readonly serviceTemplate?: string;
    /** Template. */
    readonly unitPathTemplate?: string;
    /** Template. */
    readonly dropinTemplate?: string;
    /** Template. */
    readonly dropinPathTemplate?: string;
    /** Whether it takes units of packages. */
    readonly supportsPackaged?: boolean;
  };
}

/** Something a machine has one of, or few. */
export interface Resource extends Word {
  /** A graphics card. */
  readonly gpu?: {
    /** PCI vendor, for example `0x10de`. */
    readonly vendor?: string;
  };
}

/** Data of a sidecar that outlives its container. */
export interface SidecarVolume {
  /** Name. */
  readonly name?: string;
  /** Where it appears inside. */
  readonly path?: string;
}

/** A secret of a sidecar. */
export interface SidecarSecret {
  /** Name. */
  readonly name?: string;
  /** Variable it becomes. */
  readonly env?: string;
  /** Variable of the operator it comes from; a template. */
  readonly envFrom?: string;
  /** One line for people. */
  readonly description?: string;
}

/** A container beside another one. */
export interface Sidecar extends Word {
  /** Image. */
  readonly image?: string;
  /** Parameters and what they are where nothing is said. */
  readonly parameter?: Readonly<Record<string, unknown>>;
  /** Environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Volumes. */
  readonly volume?: readonly SidecarVolume[];
  /** Secrets. */
  readonly secret?: readonly SidecarSecret[];
  /** What it may do. */
  readonly security?: Security;
}

/** A file an agent needs to be let in. */
export interface AgentCredential {
  /** Path of the operator. */
  readonly src: string;
  /** Path where the agent works. */
  readonly dst: string;
  /** A copy, or the file itself. */
  readonly mode?: "copy" | "bind";
  /** May be absent. */
  readonly optional?: boolean;
}

/** A program that is asked in words. */
export interface Agent extends Word {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** How it gets what it is asked. */
  readonly promptVia?: "argv" | "file";
  /** Command that tells its version. */
  readonly versionCommand?: unknown;
  /** Time it may take. */
  readonly timeout?: string;
  /** Where it works. */
  readonly workingDir?: string;
  /** Files it needs to be let in. */
  readonly credential?: readonly AgentCredential[];
  /** How often its progress is looked at. */
  readonly progressCheckInterval?: string;
  /** Time without progress before it is ended. */
  readonly progressNoImprovementTimeout?: string;
  /** What it writes. */
  readonly outputFormat?: "" | "stream-json";
  /** Environment. */
  readonly env?: Readonly<Record<string, string>>;
}
