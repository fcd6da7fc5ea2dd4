/** Where backups are kept. */
export interface BackupStore {
  /** Writes what is not there yet; what is there stays as it is. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes in place of what is there: for halves of owners' keys alone. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** Names that begin with `prefix`, in their order. */
  list(prefix: string): Promise<string[]>;
  remove(keys: readonly string[]): Promise<void>;
}

/** What a store of objects needs to be able to do; `R2Bucket` can. */
export interface ObjectBucket {
  put(key: string, value: Uint8Array, options?: { onlyIf?: { etagDoesNotMatch: string } }): Promise<unknown>;
  get(key: string): Promise<{ bytes(): Promise<Uint8Array> } | null>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    readonly objects: readonly { readonly key: string }[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
  delete(keys: string[]): Promise<void>;
}

// R2 takes so many names in one call.
const REMOVED_A_CALL = 1_000;

/** Backups in a bucket of their own. */
export function bucketBackupStore(bucket: ObjectBucket): BackupStore {
  return {
    put: async (key, bytes) => void (await bucket.put(key, bytes, { onlyIf: { etagDoesNotMatch: "*" } })),
    replace: async (key, bytes) => void (await bucket.put(key, bytes)),
    get: async (key) => (await bucket.get(key))?.bytes(),
    async list(prefix) {
      const keys: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
        keys.push(...page.objects.map(({ key }) => key));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return keys;
    },
    async remove(keys) {
      for (let from = 0; from < keys.length; from += REMOVED_A_CALL) {
        await bucket.delete(keys.slice(from, from + REMOVED_A_CALL));
      }
    },
  };
}

/** Backups in a folder that another process serves: on a developer's machine, where the runtime's own bucket goes with its state. */
export function servedBackupStore(origin: string): BackupStore {
  const ask = async (method: string, key: string, init: RequestInit = {}) => {
    const reply = await fetch(`${origin}/${key}`, { method, ...init });
    if (!reply.ok && reply.status !== 404) throw new Error(`the folder of backups answered ${reply.status}`);
    return reply;
  };
  const write = async (key: string, bytes: Uint8Array, headers: Record<string, string>) => {
    const reply = await ask("PUT", key, { body: bytes.slice(), headers });
    await reply.arrayBuffer();
  };
  return {
    put: (key, bytes) => write(key, bytes, { "If-None-Match": "*" }),
    replace: (key, bytes) => write(key, bytes, {}),
    async get(key) {
      const reply = await ask("GET", key);
      const body = await reply.arrayBuffer();
      return reply.status === 404 ? undefined : new Uint8Array(body);
    },
    async list(prefix) {
      const reply = await ask("GET", `?prefix=${encodeURIComponent(prefix)}`);
      return (await reply.json()) as string[];
    },
    async remove(keys) {
      for (const key of keys) await (await ask("DELETE", key)).arrayBuffer();
    },
  };
}
