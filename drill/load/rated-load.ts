/** What is asked of a deployment at the same time. */
export interface Loads {
  /** Orders that programs place; each is taken back later where it did not trade. */
  readonly ordersPerSecond: number;
  /** Lists, states and candles that are read. */
  readonly readsPerSecond: number;
  /** Messages to bots that are driven from outside. */
  readonly signalsPerSecond: number;
  readonly backtestsPerMinute: number;
  /** Bots that decide by themselves on candles of one minute. */
  readonly bots: number;
  /** Open sockets that follow dashboards, accounts, bots and the market. */
  readonly sockets: number;
}

/**
 * The rated load of one local runtime whose client shares its two cores: half of what "Benchmarks" of ARCHITECTURE.md lets
 * expect, so that twice as much is about all there is. In the local runtime every object shares one thread.
 */
export const RATED: Loads = {
  // An order over the API takes some 44 ms of that thread and its cancel about as long: twice as many take half of it. One
  // person may change ten things a second, and twice this is a little more: some requests have to be refused.
  ordersPerSecond: 2.5,
  // Five to ten ms each. Two people who click every second, or a program that polls six lists.
  readsPerSecond: 6,
  // A burst of 1,000 takes seconds, but each one acts: twice this is 150 trades of a bot in the ten minutes that hold 200.
  signalsPerSecond: 0.25,
  // A year of hours computes for tens of milliseconds; what is measured is that queue and report do not stop the rest.
  backtestsPerMinute: 1,
  // 300 alone decide within two seconds of their moment at the 99th percentile: twice this leaves half of that to the rest.
  bots: 60,
  // A change reaches 1,000 sockets of one object in 66 ms; here they are spread over objects that change each second.
  sockets: 30,
};

/** So many times the rated load; whatever is counted is one at least. */
export function loadOf(factor: number): Loads {
  const whole = (count: number) => Math.max(1, Math.round(count * factor));
  return {
    ordersPerSecond: RATED.ordersPerSecond * factor,
    readsPerSecond: RATED.readsPerSecond * factor,
    signalsPerSecond: RATED.signalsPerSecond * factor,
    backtestsPerMinute: RATED.backtestsPerMinute * factor,
    bots: whole(RATED.bots),
    sockets: whole(RATED.sockets),
  };
}

/** One line that says it. */
export function loadText(loads: Loads): string {
  const { ordersPerSecond, readsPerSecond, signalsPerSecond, backtestsPerMinute, bots, sockets } = loads;
  const number = (value: number) => String(Number(value.toFixed(2)));
  return [
    `${number(ordersPerSecond)} orders/s`,
    `${number(readsPerSecond)} reads/s`,
    `${number(signalsPerSecond)} signals/s`,
    `${number(backtestsPerMinute)} backtests/min`,
    `${bots} bots on minutes`,
    `${sockets} sockets`,
  ].join(", ");
}
