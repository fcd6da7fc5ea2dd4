import { useQuery } from "@tanstack/react-query";
import type { Order } from "../../schema/wire/trading.ts";
import { sessionQuery } from "../api/queries.ts";
import { ActError } from "../settings/act-error.tsx";
import { Button } from "../ui/button.tsx";
import { useReleaseOrder } from "./order-actions.ts";

/** What a lost order means, and the way to let go of it; nothing for any other order. */
export function LostOrder({ order }: { order: Order }) {
  const release = useReleaseOrder();
  const viewing = useQuery(sessionQuery).data?.viewing ?? null;
  if (order.state !== "LOST") return null;
  if (order.released) {
    return (
      <p role="status" className="rounded-md border border-line-strong px-4 py-3">
        Released: it counts against no cap any more. Should the venue show it all the same, it counts again.
      </p>
    );
  }
  return (
    <section aria-label="A lost order" className="grid gap-3 rounded-md border border-danger px-4 py-3">
      <h3 className="font-semibold text-danger">Nobody knows what became of this order</h3>
      <p>
        It was sent, and the venue has not shown it since. It may have been taken all the same, so it goes on counting
        against every cap, and a bot that waits for it waits.
      </p>
      <p className="text-muted">
        Look at the venue first. Where it is not there, release it: from then on it counts against nothing. Releasing
        cancels nothing; an order that is at the venue after all can still trade, and counts again once the venue shows
        it.
      </p>
      <ActError error={release.error} />
      {viewing === null && (
        <Button
          kind="danger"
          className="justify-self-start"
          busy={release.isPending}
          onClick={() => release.mutate(order.id)}
        >
          Release it: the venue does not have it
        </Button>
      )}
    </section>
  );
}
