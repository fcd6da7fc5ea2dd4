import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AnswerTally } from "./load/answer-tally.ts";
import { BookLooks } from "./load/book-looks.ts";
import { LoadMix } from "./load/load-mix.ts";
import { type LoadStage, withLoadStage } from "./load/load-stage.ts";
import { growthFinding, growthText, megabytes, memoryGrowth } from "./load/memory-growth.ts";
import { loadOf, loadText } from "./load/rated-load.ts";

/**
 * `npm run soak -- --minutes 120`: a quarter of the rated load for so long. Each minute trading pauses, the broker's own books
 * are held against the desk's, and the runtime's memory is noted once garbage is collected: left alone, the local runtime lets
 * it lie, since nothing here is short of memory. Exits 1 where anything differed for longer than it takes to settle, where a
 * request was answered by what is no answer, or where memory grew.
 */
const MINUTE_MS = 60_000;
/** Of the rated load: what leaks does so by the hour, not by the request. */
const SHARE = 0.25;
/** In one minute of so many the broker fails as in the drill; after such a minute books take up to a minute to agree. */
const STORM_EACH = 10;
/** Within a minute, so that bots have decided on the candle that closed when it began. */
const LOOK_AT_MS = 25_000;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "120" } } });
const minutes = Number(values.minutes);
if (!(Number.isInteger(minutes) && minutes > 0))
  throw new Error(`minutes must be a whole number, was ${values.minutes}`);

const loads = loadOf(SHARE);
const tally = new AnswerTally();
const memory = { "the Worker's heap": [] as number[], workerd: [] as number[], "its host": [] as number[] };
console.log(`${loadText(loads)}, for ${minutes} minutes`);
const findings = await withLoadStage(loads, tally, soak);
for (const line of tally.lines()) console.log(line);
for (const [name, samples] of Object.entries(memory)) {
  const growth = memoryGrowth(samples);
  if (growth !== undefined) console.log(`memory of ${name} after the warm-up: ${growthText(growth)}`);
  const finding = growthFinding(name, growth);
  if (finding !== undefined) findings.push(finding);
}
console.log(`${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;

async function soak(stage: LoadStage): Promise<string[]> {
  const found: string[] = [];
  const beganAt = Date.now();
  const mix = await LoadMix.start(stage, loads, tally);
  const looks = new BookLooks(stage, mix);
  const firstAt = Math.ceil((Date.now() - LOOK_AT_MS) / MINUTE_MS) * MINUTE_MS + LOOK_AT_MS;
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
    memory["the Worker's heap"].push(heap.used);
    memory.workerd.push(workerd);
    memory["its host"].push(host);
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
  return [...found, ...mix.findings(), ...mix.sockets.silent()];
}
