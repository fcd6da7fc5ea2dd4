/** What a restore looks at, in this order. */
export const CHECKS = ["integrity", "counts", "ledger", "trail", "replay", "reconcile"] as const;
/** What was found, by check. Each list is empty where all is well. */
export type RestoreChecks = Readonly<Record<(typeof CHECKS)[number], string[]>>;

/** Found of an account whose venue has orders that its books lost: what it traded was taken over, and it is halted. */
const LOST = /: ORDER_UNKNOWN\b/;
/** Found of an account that could not be held against its venue: it asks again once it runs. */
const UNHEARD = /: the venue did not tell everything$/;

/**
 * Why what was restored must not be put in place. Of the last check that is only what neither the loss of the last seconds nor
 * a venue out of reach explains; `acceptsDifferences`: a person has seen those.
 */
export function faultsOf(
  { reconcile, ...mustHold }: RestoreChecks,
  { acceptsDifferences }: { readonly acceptsDifferences: boolean },
): string[] {
  const faults = Object.entries(mustHold).flatMap(([check, found]) => found.map((fault) => `${check}: ${fault}`));
  const differences = reconcile.filter((found) => !LOST.test(found) && !UNHEARD.test(found));
  return acceptsDifferences ? faults : [...faults, ...differences.map((found) => `reconcile: ${found}`)];
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
  const [lost, unheard] = [reconcile.filter((one) => LOST.test(one)), reconcile.filter((one) => UNHEARD.test(one))];
  const others = reconcile.filter((one) => !LOST.test(one) && !UNHEARD.test(one));
  return [
    ...lines,
    ...part("orders that venues have and the books lost; their owners look at them before they arm:", lost),
    ...part("not checked, they ask again once they run:", unheard),
    ...part("differs, as no loss of the last seconds explains:", others),
  ];
}
