/** Names further away than this many edits are no help. */
const EDITS_MAX = 3;

/** The known name that takes the fewest edits from `name`, where that is few against its length; else undefined. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  // Long words are not typing slips, and the comparison costs length times length.
  if (name.length > 40) return undefined;
  let best: string | undefined;
  let fewest = Math.min(EDITS_MAX, Math.max(1, Math.floor(name.length / 3))) + 1;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (Damerau 1964, restricted form). */
export function editDistance(left: string, right: string): number {
  let older: number[] = [];
  let before = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let edits = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        edits = Math.min(edits, older[j - 2] + 1);
      }
      row.push(edits);
    }
    older = before;
    before = row;
  }
  return before[right.length];
}
