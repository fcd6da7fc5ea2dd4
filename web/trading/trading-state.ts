import { useMutation } from "@tanstack/react-query";
import type { SetTradingStateInput } from "../../schema/wire/trading.ts";
import { client, newIdempotencyKey } from "../api/runtime.ts";
import { withProof } from "../settings/prove.ts";
import { refreshTrading } from "./queries.ts";

interface StateChange {
  readonly accountId: string;
  readonly body: SetTradingStateInput;
}

/** Halts, reduces or arms; arming asks the person for a fresh proof. */
export function useSetTradingState() {
  return useMutation({
    mutationFn: ({ accountId, body }: StateChange) =>
      withProof(() =>
        client.request<unknown>(`/accounts/${accountId}/trading-state`, {
          method: "POST",
          body,
          idempotencyKey: newIdempotencyKey(),
        }),
      ),
    onSettled: refreshTrading,
  });
}
