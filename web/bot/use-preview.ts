import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type BotDefinition, BotPreview } from "../../schema/wire/bot.ts";
import { ask } from "../trading/queries.ts";
import { mayStandIn, type PreviewAsk, previewAsk, previewShown } from "./preview-ask.ts";

/** A preview is a backtest: it is asked for once the fingers rest. */
const TYPING_MS = 700;

/** What the definition would have done last month on the account, asked again as it changes. Null asks for nothing. */
export function usePreview(accountId: string, definition: BotDefinition | null) {
  const typed = previewAsk(accountId, definition);
  const wanted = previewShown(useRested(typed), typed);
  const query = useQuery({
    queryKey: ["bot-preview", accountId, wanted?.definition ?? null],
    queryFn: ({ signal }) =>
      ask("/bots/preview", BotPreview, {
        method: "POST",
        body: { accountId, definition: JSON.parse(wanted?.definition ?? "null") },
        signal,
      }),
    enabled: wanted !== null,
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    placeholderData: (last, of) => (mayStandIn(of?.queryKey, accountId) ? last : undefined),
  });
  return { ...query, isCurrent: wanted?.definition === typed?.definition && !query.isPlaceholderData };
}

function useRested(value: PreviewAsk | null): PreviewAsk | null {
  const [rested, setRested] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(JSON.parse(text) as PreviewAsk | null), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
