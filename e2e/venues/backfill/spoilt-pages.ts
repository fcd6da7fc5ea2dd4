/**
 * Replies with candles that are not what the venue has, now and then: cut off, short at either end, empty, or with a hole.
 * No candle is kept back twice, so that whoever asks again is told the truth.
 */
export function spoiltPages({ random, share }: { readonly random: () => number; readonly share: number }) {
  const keptBack = new Set<number>();
  return (path: string, body: string): string => {
    if (!path.includes("klines") || random() >= share) return body;
    if (random() < 0.3) return body.slice(0, Math.floor(body.length * random()));
    const rows = JSON.parse(body) as [number, ...unknown[]][];
    const [from = 0, to = 0] = [random(), random()].sort().map((at) => Math.floor(at * rows.length));
    const left = [rows.slice(0, to), rows.slice(from), [], [...rows.slice(0, from), ...rows.slice(to)]][
      Math.floor(random() * 4)
    ];
    const told = new Set(left?.map(([time]) => time));
    const away = rows.map(([time]) => time).filter((time) => !told.has(time));
    if (away.some((time) => keptBack.has(time))) return body;
    for (const time of away) keptBack.add(time);
    return JSON.stringify(left);
  };
}
