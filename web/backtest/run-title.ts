import type { Backtest } from "../../schema/wire/backtest.ts";

type Titled = Pick<Backtest, "name" | "strategyTitle" | "symbols" | "settings">;

/** What a run is called: the name that somebody gave it, else its strategy with the parameters. */
export function runTitle(run: Titled): string {
  return givenName(run) ?? strategyWithParameters(run);
}

/** The name that somebody gave a run; undefined where it is the one the server makes of strategy and market. */
export function givenName({ name, strategyTitle, symbols, settings }: Titled): string | undefined {
  const made = `${strategyTitle} on ${symbols.join(", ")} ${settings.timeframe}`;
  return name === "" || name === made || name === strategyTitle ? undefined : name;
}

/** The strategy with its parameters in their order, "SMA cross 20/50": what tells two runs of it apart. */
export function strategyWithParameters({ strategyTitle, settings }: Titled): string {
  const values = Object.values(settings.strategy.parameters);
  return values.length === 0 ? strategyTitle : `${strategyTitle} ${values.join("/")}`;
}
