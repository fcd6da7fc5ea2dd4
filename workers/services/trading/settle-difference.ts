import type { AccountState, HaltFigures, SettleDifference } from "../../../schema/wire/trading.ts";
import type { Unsettled } from "../../account/settle-difference.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, notFound, type ProblemError, unavailable } from "../../platform/problem-error.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject } from "./account-object-of.ts";
import { findAccount } from "./accounts.ts";

/** Until a venue that did not answer may answer, s. */
const ASK_AGAIN_SECONDS = 15;

/**
 * Takes the venue's figure over where the books of an account differ from it: the venue is asked once more, the decision is
 * written into the trail, then it is booked. Throws 404 where nothing of the kind differs, 409 where it differs by something
 * else than whoever decided has seen, or an order is in doubt, 503 where the venue does not answer or no price is known.
 */
export async function settleAccountDifference(call: {
  ctx: ServiceContext;
  input: { id: string } & SettleDifference;
}): Promise<AccountState> {
  const { ctx } = call;
  const { id, ...input } = call.input;
  const { ownerId } = ctx;
  const row = await findAccount(ctx, id);
  const { object } = await accountObject(ctx, row.id);
  if (!(await object.compare({ ownerId }))) {
    throw unavailable("The venue did not tell everything: nothing was changed.", ASK_AGAIN_SECONDS);
  }
  const settle = { ownerId, ...input, entryId: newId("adj") };
  const figures = structuredClone(await object.lookAtDifference(settle));
  if (typeof figures === "string") throw refusal(figures);
  await ctx.owned.batch([
    prepareAudit(trailOf(ctx), {
      action: "account.difference",
      subject: { kind: "account", id: row.id },
      before: { [figures.unit]: figures.ours },
      after: {
        [figures.unit]: figures.theirs,
        difference: figures.difference,
        ...(figures.shares.length > 0 && { shares: figures.shares.map(shareText).join("; ") }),
        reason: input.reason,
        entry: settle.entryId,
      },
    }),
  ]);
  const settled = await object.settleDifference(settle);
  if (settled !== "settled") throw refusal(settled);
  return structuredClone(await object.state({ ownerId }));
}

function shareText({ botId, before, after }: HaltFigures["shares"][number]): string {
  return `${botId ?? "by hand"}: ${before} to ${after}`;
}

function refusal(why: Unsettled): ProblemError {
  switch (why) {
    case "unknown":
      return notFound("difference");
    case "moved":
      return conflict(
        "difference_moved",
        "Both sides differ by something else by now, or agree, or something moved while they were compared: look again.",
      );
    case "in-doubt":
      return conflict("order_in_doubt", "An order may have traded unheard: wait until its end is known.");
    case "no-price":
      return unavailable("No price of the instrument is known yet, to value it at.", ASK_AGAIN_SECONDS);
  }
}
