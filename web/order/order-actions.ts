import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type CreateOrder, OrderDetail, OrderPreview, type PreviewOrder } from "../../schema/wire/trading.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { withProof } from "../settings/prove.ts";
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

/** Fingers that rest for this long are taken to have finished. */
const TYPED_MS = 250;
/** Prices move: a verdict older than this is asked for again. */
const PREVIEW_EVERY_MS = 4_000;

/** What would become of an order now, looked at again while it stands; null looks at nothing. */
export function useOrderPreview(order: PreviewOrder | null) {
  const asked = useSettled(order === null ? "" : JSON.stringify(order));
  const now = order === null ? "" : JSON.stringify(order);
  const query = useQuery({
    queryKey: ["order-preview", asked],
    queryFn: ({ signal }) =>
      ask("/orders/preview", OrderPreview, { method: "POST", body: JSON.parse(asked) as PreviewOrder, signal }),
    enabled: asked !== "",
    refetchInterval: PREVIEW_EVERY_MS,
    placeholderData: keepPreviousData,
  });
  // An answer about what was typed before says nothing about what is typed now.
  return { query, isCurrent: asked === now && !query.isPlaceholderData };
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Asks for an order to be taken back. */
export function useCancelOrder() {
  return useMutation({
    mutationFn: (id: string) =>
      client.request<unknown>(`/orders/${id}/cancel`, { method: "POST", idempotencyKey: newIdempotencyKey() }),
    onSettled: refreshTrading,
  });
}

/** Says of a lost order that the venue does not have it; asks the person for a fresh proof. */
export function useReleaseOrder() {
  return useMutation({
    mutationFn: (id: string) => withProof(() => ask(`/orders/${id}/release`, OrderDetail, { method: "POST" })),
    onSuccess: (detail) => queryClient.setQueryData(["orders", detail.order.id], detail),
    onSettled: refreshTrading,
  });
}
