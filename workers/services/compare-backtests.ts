import type { z } from "zod";
import { COMPARED_RUNS_MAX, type Comparison } from "../../schema/wire/comparison.ts";
import { EquitySeries, Overview } from "../../schema/wire/report.ts";
import { invalid } from "../platform/problem-error.ts";
import type { ReportPart } from "../run/run-store.ts";
import { getBacktest, readReportPart } from "./backtest.ts";
import type { ServiceContext } from "./service-context.ts";

/** Finished runs side by side. Throws 422 for the wrong number of ids, 404 and 409 as their reports do. */
export async function compareBacktests(call: {
  ctx: ServiceContext;
  input: { ids: readonly string[] };
}): Promise<Comparison> {
  const { ctx, input } = call;
  const ids = [...new Set(input.ids)];
  if (ids.length < 2 || ids.length > COMPARED_RUNS_MAX) {
    throw invalid("ids", `must name 2 to ${COMPARED_RUNS_MAX} different runs`, ids.length);
  }
  const rows = await Promise.all(
    ids.map(async (id) => ({
      run: await getBacktest({ ctx, input: { id } }),
      overview: await part(ctx, id, "overview", Overview),
      equity: await part(ctx, id, "equity", EquitySeries),
    })),
  );
  return { rows, differing: differingPaths(rows.map((row) => row.run.settings)) };
}

async function part<T extends z.ZodType>(
  ctx: ServiceContext,
  id: string,
  name: ReportPart,
  schema: T,
): Promise<z.infer<T>> {
  const object = await readReportPart({ ctx, input: { id, part: name } });
  return schema.parse(await object.json());
}

/** Paths at which the documents are not all the same, in the order in which they first occur. */
export function differingPaths(documents: readonly object[]): string[] {
  const flat = documents.map((document) => new Map(leavesOf(document, "")));
  const paths = new Set(flat.flatMap((leaves) => [...leaves.keys()]));
  return [...paths].filter((path) => new Set(flat.map((leaves) => leaves.get(path))).size > 1);
}

function leavesOf(value: unknown, path: string): [string, string][] {
  if (value === null || typeof value !== "object") return [[path, JSON.stringify(value) ?? ""]];
  return Object.entries(value).flatMap(([key, entry]) => leavesOf(entry, path === "" ? key : `${path}.${key}`));
}
