import type { OpenRunWork, RunWork } from "../run/run-work.ts";
import { testReport } from "./test-report.ts";

/** Where a fake run is told to fail: before the step, when saving after it, or when reporting. */
export interface Mishap {
  readonly at: "step" | "save" | "report";
  readonly month: number;
}

export const FAKE_MONTHS = 8;
const CANDLES_A_MONTH = 100;

/**
 * Work whose result depends on every month and on their order: `equity = equity * 31 + month`, so that a month done
 * twice, left out or done from the wrong state shows. Throws at each mishap once.
 */
export function fakeRunWork(
  mishaps: Mishap[] = [],
  onStep: () => Promise<void> = async () => {},
  candleNs = 1_000,
): OpenRunWork {
  const strike = (at: Mishap["at"], month: number) => {
    const index = mishaps.findIndex((mishap) => mishap.at === at && mishap.month === month);
    if (index < 0) return;
    mishaps.splice(index, 1);
    throw new Error(`killed at ${at} of month ${month}`);
  };
  return async (_row, saved) => {
    const state =
      saved === undefined ? { month: 0, equity: 1 } : (JSON.parse(saved) as { month: number; equity: number });
    const work: RunWork = {
      candleNs,
      progress: () => ({
        phase: "trading",
        candles: state.month * CANDLES_A_MONTH,
        candlesTotal: FAKE_MONTHS * CANDLES_A_MONTH,
        equity: state.equity,
        trades: state.month,
      }),
      async step() {
        strike("step", state.month);
        await onStep();
        state.equity = (state.equity * 31 + state.month) % 1_000_003;
        state.month++;
        return state.month < FAKE_MONTHS;
      },
      save() {
        strike("save", state.month);
        return JSON.stringify(state);
      },
      async report() {
        strike("report", state.month);
        return testReport(state.equity);
      },
    };
    return work;
  };
}

/** What a fake run that nothing disturbs comes to. */
export function fakeResult(): number {
  let equity = 1;
  for (let month = 0; month < FAKE_MONTHS; month++) equity = (equity * 31 + month) % 1_000_003;
  return equity;
}
