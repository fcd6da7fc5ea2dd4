/** More digits than this tell no step of an axis from the next that anybody could see. */
const DIGITS_MAX = 8;

/**
 * Labels of the steps of an axis: as `format` writes them where that tells each from the others, otherwise by `exact` with as
 * few digits as do.
 */
export function axisLabels(
  values: readonly number[],
  format: (value: number) => string,
  exact: (value: number, digits: number) => string,
): string[] {
  const plain = values.map(format);
  if (isDistinct(plain)) return plain;
  for (let digits = 0; digits < DIGITS_MAX; digits++) {
    const labels = values.map((value) => exact(value, digits));
    if (isDistinct(labels)) return labels;
  }
  return values.map((value) => exact(value, DIGITS_MAX));
}

function isDistinct(labels: readonly string[]): boolean {
  return new Set(labels).size === labels.length;
}
