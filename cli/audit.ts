import { createReadStream, statSync } from "node:fs";
import { z } from "zod";
import { AuditTail } from "../schema/wire/audit.ts";
import { type AuditFaultKind, type AuditHead, type AuditLink, verifyChain } from "../workers/audit/audit-chain.ts";
import { CommandError } from "./command-error.ts";
import { readOptions } from "./options.ts";

/** A line of a downloaded trail. The record is hashed as it is, so that its shape does not matter here. */
const EntryLine = z.object({ seq: z.number().int(), record: z.unknown(), hash: z.string() });

/** Heads by themselves, as somebody may have written them down. */
const Heads = z.array(z.object({ seq: z.number().int(), hash: z.string() }));

const FAULTS: Readonly<Record<AuditFaultKind, string>> = {
  changed: "was changed: it is not what was hashed",
  missing: "is missing",
  order: "is missing: one of an earlier number stands in its place",
  truncated: "and those behind it are missing: an anchor tells of a later one",
  rewritten: "differs from its anchor: the chain was made anew",
};

/**
 * Verifies a downloaded trail, line by line, against the anchors at its end and those of `--anchors`: an earlier
 * download, or a list of heads. Prints what is wrong and at which entry; the exit code is 1 then. Throws CommandError
 * for a file that cannot be read.
 */
export async function verifyAuditFile(argv: readonly string[]): Promise<void> {
  const usage = "apextrade audit verify FILE [--anchors FILE]";
  const { values, positionals } = readOptions(argv, { anchors: { type: "string" } }, { count: 1, usage });
  const [path] = positionals;
  // Once for its end, which the entries are held against, and once for the entries: a trail may be larger than memory.
  const { lines, last } = await endOf(path);
  const tail = tailOf(last);
  const others = typeof values.anchors === "string" ? await headsOf(values.anchors) : [];
  const anchors = [...(tail?.anchors ?? []), ...others];
  const verdict = await verifyChain(entriesOf(path, tail === undefined ? lines : lines - 1), anchors);
  const { entries, head, fault } = verdict;
  const problems: string[] = [];
  if (fault !== null) problems.push(`entry ${fault.seq} ${FAULTS[fault.kind]}`);
  if (tail === undefined) problems.push("the last line, with the head and the anchors, is missing: the file was cut");
  else if (fault === null && (tail.head.seq !== head.seq || tail.head.hash !== head.hash)) {
    problems.push(`the entries end at ${head.seq}, the file says that they end at ${tail.head.seq}`);
  }
  if (problems.length > 0) {
    const whole = `${entries.toLocaleString("en")} entries from the first on are whole`;
    process.stdout.write(`${path}: NOT VERIFIED\n${[...problems, whole].map((line) => `  ${line}\n`).join("")}`);
    process.exitCode = 1;
    return;
  }
  const counted = `${entries.toLocaleString("en")} entries, ${anchors.length.toLocaleString("en")} anchors`;
  const latest = tail?.anchors.at(-1);
  const anchored = latest === undefined ? "not anchored yet" : `last anchored ${new Date(latest.at).toISOString()}`;
  process.stdout.write(`${path}: verified, ${counted}, ${anchored}\n  head ${head.seq} ${head.hash}\n`);
}

/** The first `count` lines as links; one that is none has a hash that fits nothing. */
async function* entriesOf(path: string, count: number): AsyncGenerator<AuditLink> {
  let seq = 0;
  for await (const line of linesOf(path)) {
    seq += 1;
    if (seq > count) return;
    const { data } = EntryLine.safeParse(parsed(line));
    yield data === undefined ? { seq, record: null, hash: "" } : { ...data, record: data.record ?? null };
  }
}

async function endOf(path: string): Promise<{ lines: number; last: string }> {
  let lines = 0;
  let last = "";
  for await (const line of linesOf(path)) {
    lines += 1;
    last = line;
  }
  return { lines, last };
}

/** The heads that a file knows: of an earlier download the anchors and the head, else a JSON list of heads. */
async function headsOf(path: string): Promise<readonly AuditHead[]> {
  const { last } = await endOf(path);
  const tail = tailOf(last);
  if (tail !== undefined) return tail.head.seq === 0 ? tail.anchors : [...tail.anchors, tail.head];
  const heads = Heads.safeParse(parsed(last)).data;
  if (heads !== undefined) return heads;
  throw new CommandError(
    `--anchors must be a whole download, or end with a list of heads such as [{"seq":1,"hash":"…"}], was ${path}`,
  );
}

function tailOf(line: string): AuditTail | undefined {
  return AuditTail.safeParse(parsed(line)).data;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CommandError(`file must exist, was ${path}`);
  }
  // By hand: `readline` also ends a line at U+2028, which records may hold.
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" }) as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  if (rest.trim() !== "") yield rest;
}
