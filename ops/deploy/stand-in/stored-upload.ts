import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ApiFault } from "./api-fault.ts";
import type { Binding, StateFile, StoredScript, StoredVersion } from "./platform-state.ts";

interface UploadMetadata {
  readonly main_module: string;
  readonly compatibility_date: string;
  readonly bindings: readonly Binding[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly assets?: { readonly jwt?: string; readonly config?: Readonly<Record<string, unknown>> };
}

/** Stores the version that a form holds. Throws 400 where it names a class or a session that is not known. */
export async function storeUpload(
  state: StateFile,
  name: string,
  form: FormData,
  { id, at, mayChangeClasses }: { readonly id: string; readonly at: string; readonly mayChangeClasses: boolean },
): Promise<StoredVersion> {
  const metadata = JSON.parse(await textOf(form.get("metadata"))) as UploadMetadata;
  const script = state.script(name);
  const exports = canonical(metadata.exports ?? {});
  const last = script?.versions.at(-1);
  if (!mayChangeClasses && last?.exports !== exports) throw classesChanged();
  const modules = await storeModules(state.modulesOf(id), form);
  const manifest = metadata.assets?.jwt === undefined ? {} : manifestOf(state, metadata.assets.jwt);
  const version: StoredVersion = {
    ...{ id, number: (last?.number ?? 0) + 1, createdOn: at, annotations: metadata.annotations ?? {} },
    ...{ mainModule: metadata.main_module, compatibilityDate: metadata.compatibility_date, exports, modules },
    bindings: ownBindings(metadata.bindings, script),
    assets: manifest,
    assetConfig: metadata.assets?.config ?? {},
  };
  state.change(name, (stored) => withVersion(stored, version, metadata.bindings));
  return version;
}

/** Bindings of the version; those that it inherits are as the version before had them. Throws where that had none. */
function ownBindings(bindings: readonly Binding[], script: StoredScript | undefined): Binding[] {
  const before = script?.versions.at(-1)?.bindings ?? [];
  return bindings.flatMap((binding) => {
    if (binding.type === "secret_text") return [];
    if (binding.type !== "inherit") return [binding];
    const inherited = before.find(({ name }) => name === binding.name);
    if (inherited === undefined && script?.secrets[binding.name] === undefined) {
      throw new ApiFault(400, 10057, `nothing to inherit: ${binding.name}`);
    }
    return inherited === undefined ? [] : [inherited];
  });
}

function withVersion(script: StoredScript, version: StoredVersion, bindings: readonly Binding[]): StoredScript {
  const given = bindings.filter(({ type }) => type === "secret_text").map(({ name, text }) => [name, String(text)]);
  const secrets = { ...script.secrets, ...Object.fromEntries(given) };
  return { ...script, secrets, versions: [...script.versions, version] };
}

async function storeModules(folder: string, form: FormData): Promise<StoredVersion["modules"]> {
  const modules: { name: string; type: string }[] = [];
  for (const [name, part] of form) {
    if (name === "metadata" || typeof part === "string" || part.type === "application/source-map") continue;
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(await part.arrayBuffer()));
    modules.push({ name, type: part.type });
  }
  return modules;
}

/** A token of a session says nothing but its name; the platform signs its own. */
export function sessionToken(id: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ session: id, exp: 4_102_444_800 })}.${"stand-in"}`;
}

function manifestOf(state: StateFile, token: string): Readonly<Record<string, string>> {
  const [, payload = ""] = token.split(".");
  const { session } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { session: string };
  const manifest = state.state.sessions[session];
  if (manifest === undefined) throw new ApiFault(400, 10064, "the files of this version were not uploaded");
  return manifest;
}

async function textOf(part: FormDataEntryValue | null): Promise<string> {
  if (part === null) throw new ApiFault(400, 10021, "an upload must have metadata");
  return typeof part === "string" ? part : part.text();
}

function canonical(exports: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exports).sort();
  return JSON.stringify(names.map((name) => [name, exports[name]]));
}

function classesChanged(): ApiFault {
  const words = "A binding depends on a class that is not provisioned: changes of classes ship by themselves.";
  return new ApiFault(400, 100406, words);
}

/** What an upload was, for the record of calls: never the code itself, and no secret. */
export async function describeForm(form: FormData): Promise<string> {
  const parts: string[] = [];
  for (const [name, part] of form) {
    if (typeof part === "string") parts.push(`${name}: ${part.length} characters`);
    else {
      const bytes = Buffer.from(await part.arrayBuffer());
      const sum = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
      parts.push(`${name}: ${part.type} ${bytes.length} bytes sha256 ${sum}`);
    }
  }
  return parts.join("; ");
}
