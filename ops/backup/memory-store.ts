import type { BackupStore } from "../../workers/backup/backup-store.ts";

/** Backups in memory, for tests: what is put is there, and may be spoilt from outside. */
export class MemoryStore implements BackupStore {
  readonly objects = new Map<string, Uint8Array>();

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (!this.objects.has(key)) this.objects.set(key, bytes);
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(key, bytes);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.objects.get(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.objects.delete(key);
  }
}
