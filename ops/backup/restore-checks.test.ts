import { expect, it } from "vitest";
import { checkLines, faultsOf, type RestoreChecks } from "./restore-checks.ts";

const checks = (found: Partial<RestoreChecks>): RestoreChecks => ({
  ...{ integrity: [], counts: [], ledger: [], trail: [], replay: [], reconcile: [] },
  ...found,
});
const STRICT = { acceptsDifferences: false };
const LOST = "AccountObject/a: ORDER_UNKNOWN of SIM:BTC-USD";
const UNHEARD = "AccountObject/b: the venue did not tell everything";
const DIFFERS = "AccountObject/c: POSITION_DIFFERS of SIM:BTC-USD";

it("puts in place what is whole, also where a venue went on or is out of reach", () => {
  expect(faultsOf(checks({}), STRICT)).toEqual([]);
  expect(faultsOf(checks({ reconcile: [LOST, UNHEARD] }), STRICT)).toEqual([]);
});

it("holds back what is not whole, and what no loss of the last seconds explains until a person accepts it", () => {
  expect(faultsOf(checks({ ledger: ["AccountObject/a: book"] }), STRICT)).toEqual(["ledger: AccountObject/a: book"]);
  const both = checks({ trail: ["AuditObject/a: trail"], reconcile: [LOST, DIFFERS] });
  expect(faultsOf(both, STRICT)).toEqual(["trail: AuditObject/a: trail", `reconcile: ${DIFFERS}`]);
  expect(faultsOf(both, { acceptsDifferences: true })).toEqual(["trail: AuditObject/a: trail"]);
});

it("tells apart what was lost, what was not checked and what differs", () => {
  expect(checkLines(checks({})).at(-1)).toBe("reconcile  passed");
  expect(checkLines(checks({ reconcile: [UNHEARD, DIFFERS, LOST] })).slice(5)).toEqual([
    "reconcile  orders that venues have and the books lost; their owners look at them before they arm:",
    `  ${LOST}`,
    "reconcile  not checked, they ask again once they run:",
    `  ${UNHEARD}`,
    "reconcile  differs, as no loss of the last seconds explains:",
    `  ${DIFFERS}`,
  ]);
});
