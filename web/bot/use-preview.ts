import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type BotDefinition, BotPreview } from "../../schema/wire/bot.ts";
import { ask } from "../trading/queries.ts";

/** A preview is a backtest: it is asked for once the fingers rest. */
const TYPING_MS = 700;

/**
 * What the definition would have done last month, asked again as it changes. Caps are left out: they are found from it. Null
 * asks for nothing.
 */
export function usePreview(accountId: string, definition: BotDefinition | null) {
  const typed = definition === null || accountId === "" ? null : JSON.stringify(withoutCaps(definition));
  const wanted = useRested(typed);
  const query = useQuery({
    queryKey: ["bot-preview", accountId, wanted],
    queryFn: ({ signal }) =>
      ask("/bots/preview", BotPreview, {
        method: "POST",
        body: { accountId, definition: JSON.parse(wanted ?? "null") },
        signal,
      }),
    enabled: wanted !== null && accountId !== "",
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  return { ...query, isCurrent: wanted === typed && !query.isPlaceholderData };
}

function withoutCaps(definition: BotDefinition): BotDefinition {
  return { ...definition, limits: { ...definition.limits, caps: {} } };
}

function useRested(value: string | null): string | null {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
