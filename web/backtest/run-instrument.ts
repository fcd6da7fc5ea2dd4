import { useQueries } from "@tanstack/react-query";
import type { Dataset } from "../../schema/wire/dataset.ts";
import { datasetQuery } from "../api/queries.ts";

export interface RunMarket {
  /** Datasets that still exist, in the order of the run. */
  readonly datasets: readonly Dataset[];
  /** Quote currency of the cash; empty where no dataset is left to tell. */
  readonly currency: string;
  /** Whether every dataset has answered, if only that it is gone: before that, amounts have no currency. */
  readonly settled: boolean;
  tickOf(symbol: string): number;
}

/** What the datasets of a run tell about its prices. Datasets may have been deleted since: the report stays readable. */
export function useRunMarket(datasetIds: readonly string[]): RunMarket {
  const results = useQueries({ queries: datasetIds.map((id) => datasetQuery(id)) });
  const datasets = results.flatMap((result) => (result.data === undefined ? [] : [result.data]));
  return {
    datasets,
    settled: results.every((result) => !result.isPending),
    currency: datasets[0]?.instrument.quote ?? "",
    tickOf: (symbol) => datasets.find((dataset) => dataset.instrument.symbol === symbol)?.instrument.tick ?? 0,
  };
}
