import { LocalRuntime } from "../../ops/runtime/local-runtime.ts";
import { localSecrets } from "../../ops/start/local-secrets.ts";
import { ApiClient } from "../api-client.ts";
import { BrokerProcess } from "../broker-process.ts";
import { type AnswerTally, patientFetch } from "./answer-tally.ts";
import type { Loads } from "./rated-load.ts";
import type { DrivenBot } from "./signal-senders.ts";

export const INSTRUMENT = "SIM:BTC-USD";
/** Accounts of programs, so that twice the rated load stays below the ten orders a second of each. */
const PROGRAMS = 4;
/** Bots that signals drive, each on an account of its own: 200 trades in ten minutes halt an account. */
const DRIVEN = 2;
/** An account may have 50, a person 20 accounts; with fewer on each there are more desks. */
const BOTS_AN_ACCOUNT = 25;
const MADE_AT_ONCE = 4;
const CAPITAL = "10000";
const CASH = "10000000";
const CAPS = {
  ...{ orderNotional: "100000", positionNotional: "100000", openOrders: "50", dailyLoss: "100000" },
  ...{ executions: "200", rejectsInARow: "20" },
};

/** A deployment with people's things on it, before anything is asked of it. */
export interface LoadStage {
  readonly broker: BrokerProcess;
  readonly runtime: LocalRuntime;
  /** Whose requests are tried again until they pass: for what has to be done once, and for looks. */
  readonly patient: ApiClient;
  /** Whose requests are counted as they are answered. */
  readonly counted: ApiClient;
  readonly metricsToken: string;
  readonly programs: readonly string[];
  readonly driven: readonly DrivenBot[];
  /** All accounts, and all bots. */
  readonly accounts: readonly string[];
  readonly bots: readonly string[];
  readonly dataset: { readonly id: string; readonly to: number };
}

/** Starts broker and runtime, with the limits on requests that are deployed, and runs work on them; ends both after it. */
export async function withLoadStage<T>(
  loads: Loads,
  tally: AnswerTally,
  work: (stage: LoadStage) => Promise<T>,
): Promise<T> {
  const broker = await BrokerProcess.start("0");
  const vars = { DRILL_BROKER: broker.origin, DRILL_LIMITED: "true" };
  const runtime = await LocalRuntime.make({ main: "workers/drill.ts", vars, isInspected: true });
  try {
    await runtime.start();
    await broker.tellTo(runtime.origin);
    return await work(await furnish({ broker, runtime, loads, tally }));
  } finally {
    await runtime.remove();
    await broker.stop();
  }
}

async function furnish(parts: {
  readonly broker: BrokerProcess;
  readonly runtime: LocalRuntime;
  readonly loads: Loads;
  readonly tally: AnswerTally;
}): Promise<LoadStage> {
  const { broker, runtime, loads, tally } = parts;
  const { DEMO_PASSWORD, METRICS_TOKEN } = localSecrets(runtime.state).secrets;
  const patient = new ApiClient(runtime.origin, DEMO_PASSWORD, patientFetch);
  const counted = new ApiClient(runtime.origin, DEMO_PASSWORD, tally.fetch);
  await patient.signUp();
  await patient.renew();
  await broker.setPrice((await patient.lastPrice(INSTRUMENT)).toFixed(2));
  const programs: string[] = [];
  for (let number = 1; number <= PROGRAMS; number++)
    programs.push(await patient.openAccount(`Program ${number}`, undefined, CASH));
  const driven: DrivenBot[] = [];
  const accounts = [...programs];
  for (let number = 1; number <= DRIVEN; number++) {
    const accountId = await patient.openAccount(`Driven ${number}`, undefined, CASH);
    accounts.push(accountId);
    const botId = await patient.startBot(`Driven ${number}`, accountId, definitionOf({ kind: "signals" }));
    driven.push({ botId, path: await patient.makeHook(botId) });
  }
  const bots = driven.map(({ botId }) => botId);
  for (let number = 0; number < loads.bots; number += BOTS_AN_ACCOUNT) {
    await patient.renew();
    const accountId = await patient.openAccount(`Bots ${number}`, undefined, CASH);
    accounts.push(accountId);
    const count = Math.min(BOTS_AN_ACCOUNT, loads.bots - number);
    for (let made = 0; made < count; made += MADE_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(MADE_AT_ONCE, count - made) }, (_, at) => number + made + at);
      bots.push(...(await Promise.all(numbers.map((each) => startCrossing(patient, accountId, each)))));
    }
  }
  await counted.renew();
  const dataset = await patient.dataset(INSTRUMENT);
  const made = { broker, runtime, patient, counted, programs, driven, accounts, bots, dataset };
  return { ...made, metricsToken: METRICS_TOKEN };
}

/** A bot whose averages are of lengths that few others have, so that they do not all trade at once. */
function startCrossing(api: ApiClient, accountId: string, number: number): Promise<string> {
  const parameters = { fast: 3 + (number % 10), slow: 20 + (number % 37) };
  return api.startBot(`Bot ${number}`, accountId, definitionOf({ kind: "library", id: "ema-cross", parameters }));
}

function definitionOf(strategy: object): object {
  return {
    ...{ strategy, instruments: [INSTRUMENT], timeframe: "1m", direction: "both", capital: CAPITAL },
    limits: { caps: CAPS },
  };
}
