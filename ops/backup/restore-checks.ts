import { VENUE_SILENT } from "../../workers/account/venue-silent.ts";

/** What a restore looks at, in this order. */
export const CHECKS = ["integrity", "counts", "ledger", "trail", "replay", "reconcile"] as const;
/** What was found, by check. Each list is empty where all is well. */
export type RestoreChecks = Readonly<Record<(typeof CHECKS)[number], string[]>>;

/**
 * What was found of accounts beside their venues, by kind: orders that a venue has and the books lost, whose trades were taken
 * over; venues that did not tell everything, and are asked again once the account runs; and what neither explains.
 */
function kindsOf(reconcile: readonly string[]) {
  const kind = (found: string) =>
    /: ORDER_UNKNOWN\b/.test(found) ? "lost" : found.endsWith(`: ${VENUE_SILENT}`) ? "unheard" : "differs";
  const { lost = [], unheard = [], differs = [] } = Object.groupBy(reconcile, kind);
  return { lost, unheard, differs };
}

/**
 * Why what was restored must not be put in place. Of the last check that is only what neither the loss of the last seconds nor
 * a venue out of reach explains; `acceptsDifferences`: a person has seen those.
 */
export function faultsOf(
  { reconcile, ...mustHold }: RestoreChecks,
  { acceptsDifferences }: { readonly acceptsDifferences: boolean },
): string[] {
  const held = acceptsDifferences ? mustHold : { ...mustHold, reconcile: kindsOf(reconcile).differs };
  return Object.entries(held).flatMap(([check, found]) => found.map((fault) => `${check}: ${fault}`));
}

/** What to tell of the checks, a line each and one for each account that is to be looked at. */
export function checkLines({ reconcile, ...mustHold }: RestoreChecks): string[] {
  const line = (check: string, words: string) => `${check.padEnd(10)} ${words}`;
  const lines = Object.entries(mustHold).map(([check, found]) =>
    line(check, found.length === 0 ? "passed" : found.join("; ")),
  );
  if (reconcile.length === 0) return [...lines, line("reconcile", "passed")];
  const part = (words: string, found: readonly string[]) =>
    found.length === 0 ? [] : [line("reconcile", words), ...found.map((one) => `  ${one}`)];
  const { lost, unheard, differs } = kindsOf(reconcile);
  return [
    ...lines,
    ...part("orders that venues have and the books lost; their owners look at them before they arm:", lost),
    ...part("not checked, they ask again once they run:", unheard),
    ...part("differs, as no loss of the last seconds explains:", differs),
  ];
}
