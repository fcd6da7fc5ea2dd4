import { useMutation } from "@tanstack/react-query";
import { type CreateOrder, OrderDetail } from "../../schema/wire/trading.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { ask, refreshTrading } from "../trading/queries.ts";

/** Sends an order to the desk; `key` names it, so that a second try makes no second order. */
export function usePlaceOrder() {
  return useMutation({
    mutationFn: ({ order, key }: { order: CreateOrder; key: string }) =>
      ask("/orders", OrderDetail, { method: "POST", body: order, idempotencyKey: key }),
    onSuccess: (detail) => queryClient.setQueryData(["orders", detail.order.id], detail),
    onSettled: refreshTrading,
  });
}

/** Asks for an order to be taken back. */
export function useCancelOrder() {
  return useMutation({
    mutationFn: (id: string) =>
      client.request<unknown>(`/orders/${id}/cancel`, { method: "POST", idempotencyKey: newIdempotencyKey() }),
    onSettled: refreshTrading,
  });
}
