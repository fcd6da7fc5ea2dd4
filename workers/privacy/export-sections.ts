import {
  type ExportContext,
  type ExportSection,
  SECTION_START,
  type SectionCursor,
  textFile,
} from "./export-section.ts";
import { AUDIT_SECTION, CANDLE_SECTION, PICTURE_SECTION, REPORT_SECTION, SIGNAL_SECTION } from "./object-sections.ts";
import { PERSONAL_TABLES } from "./personal-tables.ts";
import { tableSection } from "./table-section.ts";

const README_SECTION: ExportSection = {
  count: async () => 1,
  read: async ({ nowMs }) => ({ file: textFile("README.txt", readMe(nowMs)), items: 1, next: undefined }),
};

/** The archive from its first to its last file. */
export const EXPORT_SECTIONS: readonly ExportSection[] = [
  README_SECTION,
  ...PERSONAL_TABLES.filter(({ archive }) => "file" in archive).map(tableSection),
  AUDIT_SECTION,
  REPORT_SECTION,
  CANDLE_SECTION,
  // In the order in which they were added, so that places in archives under way stay what they were.
  PICTURE_SECTION,
  SIGNAL_SECTION,
];

/** A place in the whole archive. */
export interface ExportCursor extends SectionCursor {
  readonly section: number;
}

export const EXPORT_START: ExportCursor = { section: 0, ...SECTION_START };

/** How many things the whole archive is made of. */
export async function countItems(ctx: ExportContext): Promise<number> {
  const counts = await Promise.all(EXPORT_SECTIONS.map((section) => section.count(ctx)));
  return counts.reduce((sum, items) => sum + items, 0);
}

/** What stands at a place, and the place behind it; undefined at the end. */
export async function readStep(ctx: ExportContext, cursor: ExportCursor) {
  const section = EXPORT_SECTIONS[cursor.section];
  if (section === undefined) return undefined;
  const { file, items, next } = await section.read(ctx, { after: cursor.after, part: cursor.part });
  const behind: ExportCursor =
    next === undefined ? { section: cursor.section + 1, ...SECTION_START } : { section: cursor.section, ...next };
  return { file, items, next: behind };
}

function readMe(nowMs: number): string {
  const files = PERSONAL_TABLES.flatMap(({ archive }) =>
    "file" in archive ? [[`${archive.file}.ndjson`, archive.says] as const] : [],
  );
  const lines = [
    ...files,
    ["audit-trail.ndjson", "Who did what in your account. Each hash covers the entry and the hash before it."] as const,
    ["reports/", "The reports of your runs, a folder a run, as the API answers them."] as const,
    ["candles/", "The candles of your imported datasets, a folder a dataset, as Arrow files."] as const,
    ["signals/", "Signals that your bots were sent and what became of them, a file a bot."] as const,
    ["journal/", "Pictures of charts that you kept with your trades."] as const,
  ].map(([name, says]) => `${name.padEnd(26)} ${says}`);
  return [
    `Everything that ApexTrade holds about you, as it was on ${new Date(nowMs).toISOString()}.`,
    "",
    "Files ending in .ndjson hold one JSON object a line. Instants are milliseconds since 1970, UTC; names ending in Ms",
    "or At are instants. A large file goes on in one with a number: strategies.ndjson, strategies-2.ndjson.",
    "",
    ...lines,
    "",
    "Left out are passwords, keys and secrets: we hold hashes of them, or hold them sealed. Candles of simulated",
    "datasets are made by their seed and are not stored.",
    "",
  ].join("\n");
}
