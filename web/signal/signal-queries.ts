import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { Page } from "../../schema/wire/primitive.ts";
import { EditHook, Hook, NewHook, Signal, SignalCheck } from "../../schema/wire/signal.ts";
import { client, newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { withProof } from "../settings/prove.ts";
import { ask } from "../trading/queries.ts";

const Signals = Page(Signal);
const ROWS = 50;

export function hookQuery(botId: string) {
  return queryOptions({
    queryKey: ["bots", botId, "hook"],
    queryFn: ({ signal }) => ask(`/bots/${botId}/hook`, Hook, { signal }),
  });
}

/** Signals that a bot was sent, the newest first. */
export function signalsQuery(botId: string) {
  return infiniteQueryOptions({
    queryKey: ["bots", botId, "signals"],
    queryFn: ({ pageParam, signal }) =>
      ask(`/bots/${botId}/signals`, Signals, { query: { limit: ROWS, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** Makes the address, or another in its place. Throws `ApiError`. */
export function makeHook(botId: string, { rotate }: { readonly rotate: boolean }): Promise<NewHook> {
  return changing(botId, () => ask(`/bots/${botId}/hook${rotate ? "/rotate" : ""}`, NewHook, { method: "POST" }));
}

export function editHook(botId: string, change: z.input<typeof EditHook>): Promise<Hook> {
  const body = EditHook.parse(change);
  return changing(botId, () => ask(`/bots/${botId}/hook`, Hook, { method: "PATCH", body }));
}

/** Takes the address away. Throws `ApiError`. */
export async function dropHook(botId: string): Promise<void> {
  await client.request<unknown>(`/bots/${botId}/hook`, { method: "DELETE" });
  await queryClient.invalidateQueries({ queryKey: hookQuery(botId).queryKey });
}

/** How a message would be taken. Throws `ApiError`. */
export function checkMessage(botId: string, message: string): Promise<SignalCheck> {
  return ask(`/bots/${botId}/signals/check`, SignalCheck, { method: "POST", body: { message } });
}

/** Has a signal acted on again. Throws `ApiError`. */
export function replaySignal(botId: string, signalId: string): Promise<Signal> {
  const idempotencyKey = newIdempotencyKey();
  const path = `/bots/${botId}/signals/${signalId}/replay`;
  return changing(botId, () => ask(path, Signal, { method: "POST", idempotencyKey }));
}

async function changing<T>(botId: string, act: () => Promise<T>): Promise<T> {
  const done = await withProof(act);
  await queryClient.invalidateQueries({ queryKey: ["bots", botId, "hook"] });
  await queryClient.invalidateQueries({ queryKey: ["bots", botId, "signals"] });
  return done;
}
