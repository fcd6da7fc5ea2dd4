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

/**
 * How a picture of a page differs from what it should look like; undefined where it does not. The picture and the
 * differing pixels are then left in the directory that is named.
 */
export function differenceFromReference(name: string, picture: Buffer): string | undefined {
  const file = new URL(`${name}.png`, FOLDER);
  if (!existsSync(file)) return `${name}: there is no reference; \`npm run references\` makes it`;
  const expected = PNG.sync.read(readFileSync(file));
  const actual = PNG.sync.read(picture);
  const { width, height } = expected;
  if (actual.width !== width || actual.height !== height) {
    const at = keep(`${name}.actual.png`, picture);
    return `${name}: must be ${width} x ${height}, was ${actual.width} x ${actual.height}; see ${at}`;
  }
  const difference = new PNG({ width, height });
  const count = pixelmatch(expected.data, actual.data, difference.data, width, height, { threshold: COLOUR_TOLERANCE });
  const share = count / (width * height);
  if (share <= PIXELS_SHARE_MAX) return undefined;
  keep(`${name}.actual.png`, picture);
  const at = keep(`${name}.difference.png`, PNG.sync.write(difference));
  return `${name}: at most ${percent(PIXELS_SHARE_MAX)} of the pixels may differ, was ${percent(share)}; see ${at}`;
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
