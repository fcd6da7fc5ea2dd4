import type { AuditObject } from "../audit/audit-object.ts";
import type { Database } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";

/** A file of the archive, its length known before its bytes. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: number;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** A place within a section: behind which row, and at which of its files. */
export interface SectionCursor {
  readonly after: number;
  readonly part: number;
}

export interface ExportContext {
  readonly env: Env;
  readonly database: Database;
  readonly ownerId: string;
  readonly nowMs: number;
  readonly trail: DurableObjectStub<AuditObject>;
}

/** What a step of a section made: a file or none, how many things are behind it, and where the section goes on. */
export interface SectionStep {
  readonly file: ArchiveFile | undefined;
  readonly items: number;
  /** Undefined at the end of the section. */
  readonly next: SectionCursor | undefined;
}

/** A part of the archive. Reads from a place and keeps nothing, so that anybody may go on from any place. */
export interface ExportSection {
  /** How many things there are, for the progress. */
  count(ctx: ExportContext): Promise<number>;
  read(ctx: ExportContext, cursor: SectionCursor): Promise<SectionStep>;
}

export const SECTION_START: SectionCursor = { after: 0, part: 1 };

/** A file of text. */
export function textFile(name: string, text: string): ArchiveFile {
  const body = new TextEncoder().encode(text);
  return { name, bytes: body.length, body };
}
