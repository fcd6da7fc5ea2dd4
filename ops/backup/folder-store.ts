import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BackupStore } from "../../workers/backup/backup-store.ts";

/** Names of ours: no step upwards, and no hidden file. */
const NAME = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;
const UNFINISHED = /\.part\d*$/;

/** Backups as files of a folder: what a bucket holds, copied to a machine, or what a local server writes. */
export class FolderStore implements BackupStore {
  private readonly folder: string;
  private writes = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (!existsSync(this.fileOf(key))) await this.replace(key, bytes);
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    const file = this.fileOf(key);
    mkdirSync(dirname(file), { recursive: true });
    this.writes += 1;
    const unfinished = `${file}.part${this.writes}`;
    writeFileSync(unfinished, bytes);
    renameSync(unfinished, file);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const file = this.fileOf(key);
    return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
  }

  async list(prefix: string): Promise<string[]> {
    const slash = prefix.lastIndexOf("/");
    const start = slash < 0 ? "" : prefix.slice(0, slash);
    if (start !== "" && !NAME.test(start)) return [];
    return this.walk(start)
      .filter((key) => key.startsWith(prefix) && !UNFINISHED.test(key))
      .sort();
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) rmSync(this.fileOf(key), { force: true });
  }

  private walk(path: string): string[] {
    const folder = join(this.folder, path);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const key = path === "" ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() ? this.walk(key) : [key];
    });
  }

  private fileOf(key: string): string {
    if (!NAME.test(key)) throw new Error("the name of a backup must be one of ours");
    return join(this.folder, key);
  }
}
