import { existsSync, readFileSync } from "node:fs";

/** Specifications and recorded payloads of venues lie beside a checkout that has them; they are not ours to ship. */
const FOLDER = new URL("../../../shared/brokers/", import.meta.url);

export const HAS_RECORDED_PAYLOADS = existsSync(FOLDER);

/** One file of a venue's folder, such as `oanda/v20.json`. */
export function recordedPayload<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), "utf8")) as T;
}

/** The text of one file of a venue's folder. */
export function recordedText(path: string): string {
  return readFileSync(new URL(path, FOLDER), "utf8");
}
