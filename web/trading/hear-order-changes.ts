import { focusManager } from "@tanstack/react-query";
import type { OrderDetail } from "../../schema/wire/order.ts";
import { queryClient } from "../api/runtime.ts";
import { followOrderChanges } from "./order-changes.ts";

/** Lists that an account brings up to date together. */
const LISTS = [["orders", "list"], ["fills"], ["journal", "list"], ["journal", "statistics"]] as const;

/** Brings lists and orders on screen up to date where the dashboard says that they changed. */
export const hearOrderChanges = followOrderChanges({
  askLists: () =>
    Promise.all(LISTS.map((queryKey) => queryClient.invalidateQueries({ queryKey, refetchType: refetchType() }))),
  askOrders: (accountIds) =>
    queryClient.invalidateQueries({
      queryKey: ["orders"],
      refetchType: refetchType(),
      predicate: ({ queryKey, state }) => {
        const detail = queryKey[1] === "list" ? undefined : (state.data as OrderDetail | undefined);
        return detail !== undefined && accountIds.has(detail.order.accountId);
      },
    }),
  later: (act, delayMs) => setTimeout(act, delayMs),
});

/** A page that nobody looks at asks when it is looked at again. */
function refetchType(): "active" | "none" {
  return focusManager.isFocused() ? "active" : "none";
}
