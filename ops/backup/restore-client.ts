import type { ManifestEntry } from "../../workers/backup/manifest.ts";
import type { SourceCursor } from "../../workers/backup/source-cursor.ts";
import type { Totals } from "../../workers/backup/unit-lines.ts";

/** What a restored source says of itself. */
export interface RestoredSource {
  readonly totals: Totals;
  readonly faults: readonly string[];
  readonly replay?: { readonly hash: string; readonly stored: string };
}

/** The Worker of a restore, wherever it runs. */
export class RestoreClient {
  private readonly origin: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(origin: string, token: string) {
    this.origin = origin;
    this.headers = { Authorization: `Bearer ${token}` };
  }

  async unit(bytes: Uint8Array, first: boolean): Promise<void> {
    await this.send(`unit?first=${first}`, bytes);
  }

  async ownerKey(bytes: Uint8Array): Promise<void> {
    await this.send("owner-key", bytes);
  }

  sources(cursor: SourceCursor): Promise<{ sources: string[]; next: SourceCursor | undefined }> {
    return this.ask("sources", cursor);
  }

  end(input: { source: string; asOf: number; auditHead?: ManifestEntry["auditHead"] }): Promise<RestoredSource> {
    return this.ask("end", input);
  }

  endDatabase(input: { erased: readonly string[]; asOf: number }): Promise<{ erasedAgain: number }> {
    return this.ask("database", input);
  }

  reconcile(source: string): Promise<string[]> {
    return this.ask("reconcile", { source });
  }

  async wake(source: string): Promise<void> {
    await this.ask("wake", { source });
  }

  private async ask<T>(verb: string, input: object): Promise<T> {
    const reply = await this.send(verb, new TextEncoder().encode(JSON.stringify(input)));
    return (await reply.json()) as T;
  }

  private async send(path: string, body: Uint8Array): Promise<Response> {
    const request = { method: "POST", headers: this.headers, body: body.slice() };
    const reply = await fetch(`${this.origin}/restore/${path}`, request);
    if (!reply.ok) throw new Error(`the restore was refused at ${path}: ${reply.status} ${await reply.text()}`);
    if (reply.status === 204) await reply.arrayBuffer();
    return reply;
  }
}
