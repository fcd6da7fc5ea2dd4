/** Where a value stands on a card of two columns: half a row, or a row of its own. */
export type CardPlace = "half" | "row";

/**
 * Places for the values of a card, in order. Sentences take a row. So does a short value that has no neighbour: at the end of
 * half a row it would float in the middle of the card, apart from its name.
 */
export function cardPlaces(columns: readonly PlacedColumn[]): readonly CardPlace[] {
  const places: CardPlace[] = [];
  for (let at = 0; at < columns.length; ) {
    const isPair = isShort(columns[at]) && at + 1 < columns.length && isShort(columns[at + 1]);
    places.push(...(isPair ? (["half", "half"] as const) : (["row"] as const)));
    at += isPair ? 2 : 1;
  }
  return places;
}

interface PlacedColumn {
  readonly wrap?: boolean;
  readonly ownRow?: boolean;
}

function isShort({ wrap, ownRow }: PlacedColumn): boolean {
  return !wrap && !ownRow;
}
