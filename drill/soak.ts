import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AnswerTally } from "./load/answer-tally.ts";
import { BookLooks } from "./load/book-looks.ts";
import { LoadMix } from "./load/load-mix.ts";
import { type LoadStage, withLoadStage } from "./load/load-stage.ts";
import {
  ANEW_MINUTES,
  growthFinding,
  growthText,
  leakText,
  megabytes,
  memoryGrowth,
  noMemory,
} from "./load/memory-growth.ts";
import { loadOf, loadText } from "./load/rated-load.ts";

/**
 * `npm run soak -- --minutes 190`: a quarter of the rated load for so long, which is two hours after the warm-up. Each minute
 * trading pauses, the broker's own books are held against the desk's, and the runtime's memory is noted once garbage is
 * collected: left alone, the local runtime lets it lie, since nothing here is short of memory. Where memory grew, the runtime is
 * started anew on the same state and asked for the same until it is warm, which tells what it holds of what is stored from what
 * had leaked. Exits 1 where anything differed for longer than it takes to settle, where a request was answered by what is no
 * answer, or where memory grew.
 */
const MINUTE_MS = 60_000;
/** Of the rated load: what leaks does so by the hour, not by the request. */
const SHARE = 0.25;
/** In one minute of so many the broker fails as in the drill; after such a minute books take up to a minute to agree. */
const STORM_EACH = 10;
/** Within a minute, so that bots have decided on the candle that closed when it began. */
const LOOK_AT_MS = 25_000;

const NAMES = ["heap", "workerd", "host"] as const;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "190" } } });
const minutes = Number(values.minutes);
if (!(Number.isInteger(minutes) && minutes > 0))
  throw new Error(`minutes must be a whole number, was ${values.minutes}`);

const loads = loadOf(SHARE);
const tally = new AnswerTally();
console.log(`${loadText(loads)}, for ${minutes} minutes`);
const findings = await withLoadStage(loads, tally, soak);
for (const line of tally.lines()) console.log(line);
console.log(`${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;

async function soak(stage: LoadStage): Promise<string[]> {
  const first = await stretch(stage, minutes);
  const growths = NAMES.map((name) => ({ name, growth: memoryGrowth(first.memory[name]) }));
  for (const { name, growth } of growths)
    if (growth !== undefined) console.log(`memory of ${name} after the warm-up: ${growthText(growth)}`);
  const grown = growths.flatMap(({ name, growth }) => growthFinding(name, growth) ?? []);
  const found = [...first.findings, ...grown];
  if (grown.length > 0 && growths.every(({ growth }) => growth !== undefined)) {
    console.log(`the same anew on the same state, for ${ANEW_MINUTES} minutes`);
    await stage.runtime.kill();
    await stage.runtime.start();
    const anew = await stretch(stage, ANEW_MINUTES);
    for (const name of NAMES) console.log(leakText(name, first.memory[name], anew.memory[name]));
    found.push(...anew.findings);
  }
  return [...found, ...tally.findings()];
}

/** Asks for the load for so many minutes. Answers what was wrong, and what memory was held at the end of each minute. */
async function stretch(stage: LoadStage, minutes: number) {
  const found: string[] = [];
  const memory = noMemory();
  const beganAt = Date.now();
  const mix = await LoadMix.start(stage, loads, tally);
  const looks = new BookLooks(stage, mix);
  const firstAt = Math.ceil((Date.now() - LOOK_AT_MS) / MINUTE_MS) * MINUTE_MS + LOOK_AT_MS;
  await mix.refresh();
  await stage.broker.set("fair");
  for (let minute = 1; minute <= minutes; minute++) {
    await wait(Math.max(0, firstAt + minute * MINUTE_MS - Date.now()));
    await mix.pauseTrading();
    await stage.broker.set("calm");
    await mix.refresh();
    const look = await looks.look(minute === minutes ? beganAt : undefined);
    const bots = await looks.bots();
    found.push(...[...look.findings, ...bots].map((finding) => `minute ${minute}: ${finding}`));
    const stood = stage.runtime.memory().workerd;
    const heap = await stage.runtime.heap();
    const { workerd, host } = stage.runtime.memory();
    memory.heap.push(heap.used);
    memory.workerd.push(workerd);
    memory.host.push(host);
    const weather = minute % STORM_EACH === 0 ? "storm" : "fair";
    const held = `heap ${megabytes(heap.used)} MB, workerd ${megabytes(workerd)} MB (${megabytes(stood)} before), host ${megabytes(host)} MB`;
    const books = `${look.brokerOrders} orders, ${look.brokerFills} fills, equal after ${look.settleMs} ms`;
    const findings = found.length + mix.findings().length;
    console.log(
      `${new Date().toISOString()} minute ${minute}: ${held}; ${books}; ${mix.sentText()}; ${findings} findings; then ${weather}`,
    );
    for (const finding of look.findings) console.log(`  ${finding}`);
    if (minute === minutes) break;
    await stage.broker.set(weather);
    mix.resumeTrading();
  }
  await mix.end();
  mix.sockets.close();
  return { findings: [...found, ...mix.ownFindings(), ...mix.sockets.silent()], memory };
}
