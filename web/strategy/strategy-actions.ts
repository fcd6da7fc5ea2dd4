import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { CreateStrategy, UpdateStrategy, UserStrategy } from "../../schema/wire/strategy.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";

/** Stores a new strategy and goes to it. */
export function useCreateStrategy() {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (input: CreateStrategy) =>
      client.request<UserStrategy>("/strategies", { method: "POST", body: input, idempotencyKey: newIdempotencyKey() }),
    async onSuccess(strategy) {
      remember(strategy);
      await navigate({ to: "/strategies/$id", params: { id: strategy.id }, replace: true });
    },
  });
}

/** Stores a new version. Throws 409 where somebody stored one since. */
export function useUpdateStrategy(id: string) {
  return useMutation({
    mutationFn: (input: UpdateStrategy) =>
      client.request<UserStrategy>(`/strategies/${id}`, { method: "PATCH", body: input }),
    onSuccess: remember,
  });
}

export function useDeleteStrategy(id: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => client.request<unknown>(`/strategies/${id}`, { method: "DELETE" }),
    async onSuccess() {
      await navigate({ to: "/strategies" });
      void queryClient.invalidateQueries({ queryKey: ["strategies", "own"] });
    },
  });
}

function remember(strategy: UserStrategy): void {
  queryClient.setQueryData(["strategy", strategy.id], strategy);
  void queryClient.invalidateQueries({ queryKey: ["strategy", strategy.id, "versions"] });
  void queryClient.invalidateQueries({ queryKey: ["strategies", "own"] });
}
