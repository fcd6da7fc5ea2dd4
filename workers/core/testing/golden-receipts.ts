import { createRun } from "../engine/run.ts";
import { DEFAULT_SETTINGS, type RunDefinition } from "../engine/settings.ts";
import { buildReport } from "../report/build.ts";
import { SIM_DEMO_SEED, simCandles } from "../sim/sim-candles.ts";
import { SIM_INSTRUMENTS } from "../sim/sim-instrument.ts";
import { STRATEGIES } from "../strategy/registry.ts";

const SYMBOLS = ["BTC-USD", "ETH-USD"];

/**
 * Receipts of every strategy of the library on two months of simulated hours, with leverage, slippage and funding. They
 * change when the same inputs give another result: then the engine's version must change with them.
 */
export const GOLDEN_RECEIPTS: Readonly<Record<string, string>> = {
  "sma-cross": "0a669ee65756b17ad6c10c7040be454ae163d1077b32c6c7f45f2c8c9f93b2ef",
  "ema-cross": "750c3c21af7a894d09a76e1b4126d46c2a47d6e62eff39cea328db7cbab72e34",
  "rsi-reversion": "5052dd4f50d2fefdc0034fcafb8dbfdd56861218f9f8c4ff1266d0e1fe45465e",
  macd: "e3aa757c346d90845108abf73e84225974c361b4cdbecce9734bb273b0f09765",
  "bollinger-reversion": "157233af9bc33343bbe16ab4a6bf3abf261b1f8dcf56bc201fe1a93d791911e3",
  "bollinger-breakout": "afe0bd518f68628b59bf766dbc796b6754008015893ee0d1d0865d7810deab2e",
  donchian: "25795e355dd7f75fbb70ecb09872cab1a05b457d64ae518cc5fbf9f3f3f7f526",
  supertrend: "86a8705410f99e9346de23d80a69d7f17985ba244c6e47e2852de2094778fc1b",
  stochastic: "d72b077f9459b7b165f5ad8ffe809b2d60231c79059aa08a27a8dfbe5845ef9f",
  "atr-channel": "a00af103eb6bdb57085bb598515f8465590858da4606a82b96301b1f85a8d264",
  "momentum-rotation": "03c183bd3932bc053437718a11e6258d090a38329e0d0b92411124b93d1a583d",
  grid: "85c2c28646a22d7c1d37b933a0157a3472cbe9fbca675a996e6b639c3c43d352",
  dca: "836c9ba0bb8011b74bdc562453b17e93748de8730ce379960bb012b75aaffec6",
};

/** The same receipts, computed here and now. */
export function computeReceipts(): Record<string, string> {
  const instruments = SYMBOLS.map((symbol) => SIM_INSTRUMENTS.find((entry) => entry.symbol === symbol)).filter(
    (entry) => entry !== undefined,
  );
  const span = { from: Date.UTC(2023, 0, 1), to: Date.UTC(2023, 2, 1) };
  const candles = instruments.map(({ symbol }) =>
    simCandles({ seed: SIM_DEMO_SEED, symbol, timeframe: "5m", ...span }),
  );
  const rows = STRATEGIES.map(({ strategy, document }) => {
    const definition: RunDefinition = {
      instruments: instruments.map((instrument) => ({ instrument, timeframe: "5m" })),
      timeframe: "1h",
      strategy,
      parameters: Object.fromEntries(strategy.parameters.map((spec) => [spec.name, spec.default])),
      settings: {
        ...DEFAULT_SETTINGS,
        sizing: { kind: "volatility", percent: 40, period: 50 },
        slippage: { kind: "volume", coefficient: 0.1 },
        leverage: 3,
        fundingRate: 0.0001,
      },
    };
    const run = createRun(definition);
    run.push(candles);
    const report = buildReport(run.finish(), {
      strategyTitle: strategy.title,
      strategySource: document ?? strategy.id,
      datasets: instruments.map((instrument) => ({ datasetId: instrument.id, simulated: true })),
      trials: { count: 1 },
      elapsedMs: null,
    });
    return [strategy.id, report.overview.receipt.receipt] as const;
  });
  return Object.fromEntries(rows);
}
