/** An object store in memory, behind as much of R2's interface as the archive uses. */
export class MemoryBucket {
  readonly objects = new Map<string, Uint8Array>();

  async get(key: string) {
    const bytes = this.objects.get(key);
    return bytes === undefined ? null : { arrayBuffer: async () => bytes.slice().buffer };
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(key, bytes.slice());
  }

  async delete(keys: string | readonly string[]): Promise<void> {
    for (const key of typeof keys === "string" ? [keys] : keys) this.objects.delete(key);
  }

  async list({ prefix }: { readonly prefix: string }) {
    const objects = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key }));
    return { objects, truncated: false };
  }
}
