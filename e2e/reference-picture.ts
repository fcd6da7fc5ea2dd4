import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** How far a pixel's colour may be off, 0 to 1: another version of the browser smooths letters a little otherwise. */
const COLOUR_TOLERANCE = 0.2;
/** Pixels that may be further off than that: letters of another version of a font, but no button more or less. */
const PIXELS_SHARE_MAX = 0.002;

const FOLDER = new URL("reference/", import.meta.url);
let mismatches: string | undefined;

/** Stores a picture of a page as what it looks like from now on. */
export function writeReference(name: string, picture: Buffer): void {
  const image = PNG.sync.read(picture);
  // Pages are flat areas and letters: which filter makes them smallest differs by picture.
  const encoded = [0, 4].map((filterType) => PNG.sync.write(image, { colorType: 2, deflateLevel: 9, filterType }));
  const [smallest] = encoded.toSorted((a, b) => a.length - b.length);
  writeFileSync(new URL(`${name}.png`, FOLDER), smallest);
}

/** Whether a page looks as it should; false where there is no reference. */
export function isLikeReference(name: string, picture: Buffer): boolean {
  const found = compare(name, picture);
  return found !== undefined && found.share <= PIXELS_SHARE_MAX;
}

/**
 * How a picture of a page differs from what it should look like; undefined where it does not. The picture and the
 * differing pixels are then left in the directory that is named.
 */
export function differenceFromReference(name: string, picture: Buffer): string | undefined {
  const found = compare(name, picture);
  if (found === undefined) return `${name}: there is no reference; \`npm run references\` makes it`;
  if (found.share <= PIXELS_SHARE_MAX) return undefined;
  const at = keep(`${name}.actual.png`, picture);
  if (found.difference === undefined) return `${name}: must be ${found.sizes}; see ${at}`;
  keep(`${name}.difference.png`, PNG.sync.write(found.difference));
  return `${name}: at most ${percent(PIXELS_SHARE_MAX)} of the pixels may differ, was ${percent(found.share)}; see ${at}`;
}

interface Comparison {
  /** Of pixels that differ, 0 to 1. */
  readonly share: number;
  /** Where they do; not there where the sizes differ, which are told then. */
  readonly difference?: PNG;
  readonly sizes: string;
}

/** Undefined where there is no reference. */
function compare(name: string, picture: Buffer): Comparison | undefined {
  const file = new URL(`${name}.png`, FOLDER);
  if (!existsSync(file)) return undefined;
  const expected = PNG.sync.read(readFileSync(file));
  const actual = PNG.sync.read(picture);
  const { width, height } = expected;
  const sizes = `${width} x ${height}, was ${actual.width} x ${actual.height}`;
  if (actual.width !== width || actual.height !== height) return { share: 1, sizes };
  const difference = new PNG({ width, height });
  const count = pixelmatch(expected.data, actual.data, difference.data, width, height, { threshold: COLOUR_TOLERANCE });
  return { share: count / (width * height), difference, sizes };
}

/** Writes a picture of a mismatch and answers the directory. */
function keep(fileName: string, content: Buffer): string {
  mismatches ??= mkdtempSync(join(tmpdir(), "apextrade-references-"));
  writeFileSync(join(mismatches, fileName), content);
  return mismatches;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
