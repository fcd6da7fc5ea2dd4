/** The rows of a CSV text by RFC 4180: cells may stand in quotes, with two for one inside. Throws for an open quote. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell in quotes or a bare one, then what ends it.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const line = rows.length + 1;
    const match = cell.exec(text);
    if (match === null) throw new Error(`row ${line}: a quote opens or closes in the middle of a cell`);
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
