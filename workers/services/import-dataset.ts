import { eq } from "drizzle-orm";
import { datasets, imports } from "../../schema/tables/dataset.ts";
import type { DataReport, Import, ImportQuery, Instrument } from "../../schema/wire/dataset.ts";
import { prepareAuditOfChange } from "../audit/prepare-audit.ts";
import type { Timeframe } from "../core/candle/timeframe.ts";
import { ALWAYS_OPEN } from "../core/candle/trading-calendar.ts";
import { type ArchiveTotals, ArchiveWriter } from "../feed/archive/archive-writer.ts";
import type { FileStage } from "../feed/import/byte-ranges.ts";
import { fileTooLarge } from "../feed/import/file-too-large.ts";
import { importCandles } from "../feed/import/import-candles.ts";
import { ImportError } from "../feed/import/import-error.ts";
import { UPLOAD_BYTES_MAX } from "../feed/import/import-limits.ts";
import { newId } from "../platform/ids.ts";
import { conflict, notFound, ProblemError } from "../platform/problem-error.ts";
import { archiveStore } from "./candle-sources.ts";
import { DATASETS_MAX, type DatasetRow, findDataset } from "./dataset.ts";
import { type ServiceContext, trailOf } from "./service-context.ts";
import { STAGED_PREFIX, stagedUpload } from "./staged-upload.ts";
import { uploadOf } from "./upload.ts";

// Often enough for a progress bar, seldom enough for the database.
const PROGRESS_INTERVAL_MS = 1_000;

// Read of a refused file so that its sender sees the reason. Beyond the largest file that is taken, for senders that did
// not know the limit; not without end, for those that never stop.
const REFUSED_BYTES_READ_MAX = 2 * UPLOAD_BYTES_MAX;

export interface ImportInput {
  readonly query: ImportQuery;
  readonly stream: ReadableStream<Uint8Array>;
  /** Length that the client declared, if it did. */
  readonly bytesTotal: number | null;
}

/**
 * Reads a file of candles into a new dataset, or on to the end of one, and answers what was found. Nothing of it is seen
 * before all of it is stored. Throws 422 with the file's fault, 413 beyond the size limit, 409 where it does not fit.
 */
export async function importDataset(call: { ctx: ServiceContext; input: ImportInput }): Promise<Import> {
  const upload = uploadOf(call.input.stream);
  try {
    return await importFrom(call.ctx, { ...call.input, stream: upload.stream });
  } catch (error) {
    await upload.discard(REFUSED_BYTES_READ_MAX);
    throw error;
  }
}

async function importFrom(ctx: ServiceContext, input: ImportInput): Promise<Import> {
  if (input.bytesTotal !== null && input.bytesTotal > UPLOAD_BYTES_MAX) {
    const error = fileTooLarge({ bytes: input.bytesTotal, bytesMax: UPLOAD_BYTES_MAX });
    throw problemOf(error) ?? error;
  }
  const target = await targetOf(ctx, input.query);
  const id = newId("imp");
  const createdAt = ctx.now();
  await ctx.owned.insert(imports, {
    ...{ id, status: "reading", bytes: 0, bytesTotal: input.bytesTotal, rows: 0 },
    // Known from the start, so that the sweep finds what an import that died has stored.
    datasetId: target.kind === "new" ? target.id : target.row.id,
    ...{ createdAt, updatedAt: createdAt },
  });
  const stage = stagedUpload(ctx.env.BUCKET, `${STAGED_PREFIX}${ctx.ownerId}/${id}`);
  try {
    await readInto(ctx, { importId: id, target, input, stage });
  } catch (error) {
    const problem = problemOf(error);
    const failure = { errorCode: problem?.code ?? "internal", errorMessage: problem?.message ?? "failed on our side" };
    await ctx.owned.update(imports, { status: "failed", ...failure, updatedAt: ctx.now() }, eq(imports.id, id));
    throw problem ?? error;
  } finally {
    // The import is what it is by now; an object that stays behind is swept.
    await stage.drop().catch(() => undefined);
  }
  return getImport({ ctx, input: { id } });
}

/** State of an import. Throws 404. */
export async function getImport(call: { ctx: ServiceContext; input: { id: string } }): Promise<Import> {
  const row = await call.ctx.owned.find(imports, eq(imports.id, call.input.id));
  if (row === undefined) throw notFound("import");
  const { id, status, bytes, bytesTotal, rows, report } = row;
  const datasetId = status === "done" ? row.datasetId : null;
  const error = row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? "" };
  return { id, status, bytes, bytesTotal, rows, datasetId, report, error };
}

type Target = { readonly kind: "new"; readonly id: string } | { readonly kind: "append"; readonly row: DatasetRow };

async function targetOf(ctx: ServiceContext, query: ImportQuery): Promise<Target> {
  if (query.datasetId !== undefined) {
    const row = await findDataset(ctx, query.datasetId);
    if (row.source === "simulated") throw conflict("simulated", "Candles cannot be added to a simulated dataset.");
    if (row.source === "venue") throw conflict("venue", "Candles of a file cannot be added to those of a venue.");
    return { kind: "append", row };
  }
  if ((await ctx.owned.count(datasets)) >= DATASETS_MAX) {
    throw conflict("too_many_datasets", `At most ${DATASETS_MAX} datasets are kept. Delete one first.`);
  }
  return { kind: "new", id: newId("dat") };
}

async function readInto(
  ctx: ServiceContext,
  job: { importId: string; target: Target; input: ImportInput; stage: FileStage },
): Promise<void> {
  const { importId, target, stage } = job;
  const { query, stream } = job.input;
  const progress = { bytes: 0, rows: 0, shownAt: ctx.now() };
  const reading = await importCandles({
    stream,
    stage,
    fileName: query.fileName,
    price: query.price,
    ...(query.timeframe === undefined ? {} : { timeframe: query.timeframe }),
    ...(query.kind === "crypto" ? { calendar: ALWAYS_OPEN } : {}),
    async onProgress({ bytes, rows }) {
      Object.assign(progress, { bytes, rows });
      if (ctx.now() - progress.shownAt < PROGRESS_INTERVAL_MS) return;
      progress.shownAt = ctx.now();
      await ctx.owned.update(imports, { bytes, rows, updatedAt: progress.shownAt }, eq(imports.id, importId));
    },
  });
  const { timeframe } = reading;
  if (target.kind === "append" && target.row.timeframe !== timeframe) {
    throw new ImportError(
      "timeframe-unknown",
      `timeframe must be that of the dataset, ${target.row.timeframe}, was ${timeframe}`,
    );
  }
  const datasetId = target.kind === "new" ? target.id : target.row.id;
  const writer = new ArchiveWriter(archiveStore(ctx), { datasetId, timeframe });
  try {
    for await (const candles of reading.chunks) await writer.push(candles);
    const report = reading.report();
    await writer.commit((totals) => [
      datasetStatement(ctx, { target, query, timeframe, totals, report }),
      auditStatement(ctx, { target, query, timeframe, totals }),
      ctx.owned.prepareUpdate(
        imports,
        { status: "done", bytes: progress.bytes, rows: report.rowsRead, datasetId, report, updatedAt: ctx.now() },
        eq(imports.id, importId),
      ),
    ]);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function datasetStatement(
  ctx: ServiceContext,
  made: { target: Target; query: ImportQuery; timeframe: Timeframe; totals: ArchiveTotals; report: DataReport },
) {
  const { target, query, timeframe, totals, report } = made;
  const nowMs = ctx.now();
  const held = { fromMs: totals.from, toMs: totals.to, candles: totals.candles, report, updatedAt: nowMs };
  if (target.kind === "append") return ctx.owned.prepareUpdate(datasets, held, eq(datasets.id, target.row.id));
  const name = query.name ?? `${query.symbol} ${timeframe}`;
  const instrument = instrumentOf(query);
  return ctx.owned.prepareInsert(datasets, {
    ...held,
    ...{ id: target.id, name, source: "import" as const, instrument, timeframe, seed: null, createdAt: nowMs },
  });
}

/** Stands right behind the dataset's own statement. */
function auditStatement(
  ctx: ServiceContext,
  made: { target: Target; query: ImportQuery; timeframe: Timeframe; totals: ArchiveTotals },
) {
  const { target, query, timeframe, totals } = made;
  const isNew = target.kind === "new";
  const held = isNew ? null : { from: target.row.fromMs, to: target.row.toMs, candles: target.row.candles };
  return prepareAuditOfChange(trailOf(ctx), {
    action: isNew ? "dataset.import" : "dataset.append",
    subject: { kind: "dataset", id: isNew ? target.id : target.row.id },
    before: held,
    after: { fileName: query.fileName, symbol: query.symbol, timeframe, ...totals },
  });
}

/** What is known of an imported instrument: its name, and no grid that orders would have to keep. */
function instrumentOf({ symbol, kind, quote }: ImportQuery): Instrument {
  const upper = symbol.toUpperCase();
  const currency = quote.toUpperCase();
  const base = upper.replace(new RegExp(`[-_/.]?${currency}$`), "");
  return {
    ...{
      id: `IMPORT:${upper}`,
      venue: "IMPORT",
      symbol: upper,
      kind,
      base: base === "" ? upper : base,
      quote: currency,
    },
    ...{ tick: 0, lot: 0, quantityMin: 0, notionalMin: 0, daysPerYear: kind === "crypto" ? 365 : 252 },
  };
}

type SnakeCase<Text extends string> = Text extends `${infer Head}-${infer Rest}` ? `${Head}_${SnakeCase<Rest>}` : Text;

function snakeCase<Text extends string>(text: Text): SnakeCase<Text> {
  return text.replaceAll("-", "_") as SnakeCase<Text>;
}

function problemOf(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (!(error instanceof ImportError)) return undefined;
  const row = error.row === undefined ? "" : ` (row ${error.row})`;
  return new ProblemError({
    status: error.code === "too-large" ? 413 : 422,
    code: `import_${snakeCase(error.code)}`,
    detail: `${error.message}${row}`,
    issues: [{ field: error.field ?? "file", rule: error.message }],
    cause: error,
  });
}
