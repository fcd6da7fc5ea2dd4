import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Backtest, BacktestSettingsInput } from "../../schema/wire/backtest.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";

/** Starts a run and goes to it. */
export function useStartRun() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (input: { name?: string | undefined; settings: BacktestSettingsInput }) =>
      client.request<Backtest>("/backtests", { method: "POST", body: input, idempotencyKey: newIdempotencyKey() }),
    async onSuccess(run) {
      queryClient.setQueryData(["backtest", run.id], run);
      void queryClient.invalidateQueries({ queryKey: ["backtests"] });
      await navigate({ to: "/backtests/$id", params: { id: run.id } });
    },
  });
}

/** Asks a run to stop. */
export function useCancelRun(id: string) {
  return useMutation({
    mutationFn: () => client.request<unknown>(`/backtests/${id}/cancel`, { method: "POST" }),
    onSettled: () => refreshRun(id),
  });
}

/** Deletes runs and their reports. */
export function useDeleteRuns() {
  return useMutation({
    async mutationFn(ids: readonly string[]) {
      for (const id of ids) await client.request<unknown>(`/backtests/${id}`, { method: "DELETE" });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["backtests"] }),
  });
}

/** Asks again what a run and the list say, as after it ended. */
export function refreshRun(id: string): void {
  void queryClient.invalidateQueries({ queryKey: ["backtest", id] });
  void queryClient.invalidateQueries({ queryKey: ["backtests"] });
}
