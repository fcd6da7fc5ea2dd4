import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A binding as the platform's tool describes it in an upload. */
export interface Binding {
  readonly type: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A version as it was uploaded. Its modules lie in a folder of its own. */
export interface StoredVersion {
  readonly id: string;
  readonly number: number;
  readonly createdOn: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly mainModule: string;
  readonly compatibilityDate: string;
  /** Classes of objects and how they are kept, as text that is compared. */
  readonly exports: string;
  readonly bindings: readonly Binding[];
  readonly modules: readonly { readonly name: string; readonly type: string }[];
  /** Hash of the file at each path of the site. */
  readonly assets: Readonly<Record<string, string>>;
  readonly assetConfig: Readonly<Record<string, unknown>>;
}

export interface StoredDeployment {
  readonly id: string;
  readonly createdOn: string;
  readonly message: string;
  readonly versions: readonly { readonly version_id: string; readonly percentage: number }[];
}

/** A Worker with its versions, the newest last, and its deployments, the newest first. */
export interface StoredScript {
  readonly name: string;
  readonly versions: readonly StoredVersion[];
  readonly deployments: readonly StoredDeployment[];
  /** Secrets are the script's: versions inherit them. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly crons: readonly string[];
  /** Settings of each queue's consumer. */
  readonly consumers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PlatformState {
  readonly scripts: Readonly<Record<string, StoredScript>>;
  /** Manifests of uploads of the site that have begun, by session. */
  readonly sessions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const EMPTY: PlatformState = { scripts: {}, sessions: {} };

/** The platform's memory, in a folder: readable by its user alone, since it holds the stand-in's secrets. */
export class StateFile {
  readonly folder: string;
  private held: PlatformState;

  constructor(folder: string) {
    mkdirSync(join(folder, "assets"), { recursive: true });
    this.folder = resolve(folder);
    this.held = this.read();
  }

  get state(): PlatformState {
    return this.held;
  }

  script(name: string): StoredScript | undefined {
    return this.held.scripts[name];
  }

  /** Changes a script, which is made where there is none. */
  change(name: string, changed: (script: StoredScript) => StoredScript): StoredScript {
    const none = { name, versions: [], deployments: [], secrets: {}, tags: [], crons: [], consumers: {} };
    const script = changed(this.held.scripts[name] ?? none);
    this.write({ ...this.held, scripts: { ...this.held.scripts, [name]: script } });
    return script;
  }

  /** Keeps what files an upload of the site is about, until a version names it. */
  openSession(id: string, manifest: Readonly<Record<string, string>>): void {
    this.write({ ...this.held, sessions: { ...this.held.sessions, [id]: manifest } });
  }

  /** Folder of a version's modules. */
  modulesOf(version: string): string {
    return join(this.folder, "modules", version);
  }

  assetFile(hash: string): string {
    return join(this.folder, "assets", hash);
  }

  private read(): PlatformState {
    try {
      return JSON.parse(readFileSync(join(this.folder, "platform.json"), "utf8")) as PlatformState;
    } catch {
      return EMPTY;
    }
  }

  private write(state: PlatformState): void {
    this.held = state;
    const file = join(this.folder, "platform.json");
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
