import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AnswerTally } from "./load/answer-tally.ts";
import { BookLooks } from "./load/book-looks.ts";
import { LoadMix } from "./load/load-mix.ts";
import { withLoadStage } from "./load/load-stage.ts";
import { megabytes } from "./load/memory-growth.ts";
import { loadOf, loadText, RATED } from "./load/rated-load.ts";

/**
 * `npm run load -- --minutes 10 --factor 2`: so many times the rated load for so long, against the local runtime with the
 * limits on requests that are deployed. Exits 1 where anything was lost or doubled, where a request was answered by what is
 * no answer, or where one that was answered "not now" was not told when.
 */
const MINUTE_MS = 60_000;
/** More refusals than this prove that limits work and nothing else. */
const BUSY_SHARE_MAX = 0.25;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, factor: { type: "string", default: "2" } },
});
const [minutes, factor] = [Number(values.minutes), Number(values.factor)];
if (!(minutes > 0)) throw new Error(`minutes must be above 0, was ${values.minutes}`);
if (!(factor > 0 && factor <= 3)) throw new Error(`factor must be above 0 and at most 3, was ${values.factor}`);

const loads = loadOf(factor);
const tally = new AnswerTally();
console.log(`rated: ${loadText(RATED)}`);
console.log(`asked: ${loadText(loads)}, for ${minutes} minutes`);
const findings = await withLoadStage(loads, tally, async (stage) => {
  const beganAt = Date.now();
  const mix = await LoadMix.start(stage, loads, tally);
  const looks = new BookLooks(stage, mix);
  await stage.broker.set("fair");
  const cpu = stage.runtime.cpuMs();
  const loadedAt = Date.now();
  const told = new Set<string>();
  for (let minute = 1; minute <= Math.ceil(minutes); minute++) {
    await wait(Math.max(0, Math.min(loadedAt + minute * MINUTE_MS, loadedAt + minutes * MINUTE_MS) - Date.now()));
    await mix.refresh();
    const share = ((stage.runtime.cpuMs() - cpu) / (Date.now() - loadedAt)) * 100;
    console.log(
      `minute ${minute}: ${mix.sentText()}; ${tally.count()} answers, ${(tally.busyShare() * 100).toFixed(1)} % not now; ${share.toFixed(0)} % of a core; workerd ${megabytes(stage.runtime.memory().workerd)} MB; ${mix.findings().length} findings`,
    );
    for (const finding of mix.findings()) {
      const kind = finding.replace(/ \(\d+ times\)$/, "");
      if (!told.has(kind)) console.log(`  ${kind}`);
      told.add(kind);
    }
  }
  await mix.end();
  await stage.broker.set("calm");
  const look = await looks.look(beganAt);
  console.log(`sent: ${mix.sentText()}`);
  for (const line of tally.lines()) console.log(line);
  console.log(
    `books: ${look.brokerOrders} orders and ${look.brokerFills} fills at the broker, equal to the desk's after ${look.settleMs} ms`,
  );
  const busy =
    tally.busyShare() > BUSY_SHARE_MAX ? [`${(tally.busyShare() * 100).toFixed(0)} % were answered "not now"`] : [];
  const found = [...mix.findings(), ...look.findings, ...mix.sockets.silent(), ...(await looks.bots()), ...busy];
  mix.sockets.close();
  return found;
});
console.log(`${findings.length} findings`);
for (const finding of findings) console.log(finding);
if (findings.length > 0) process.exitCode = 1;
