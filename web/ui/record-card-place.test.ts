import { expect, test } from "vitest";
import { cardPlaces } from "./record-card-place.ts";

const SHORT = {};
const SENTENCE = { wrap: true };

test("short values stand two in a row, and one without a neighbour beside its name in a row of its own", () => {
  expect(cardPlaces([SHORT, SHORT, SHORT])).toEqual(["half", "half", "row"]);
  expect(cardPlaces([SENTENCE, SHORT, SENTENCE])).toEqual(["row", "row", "row"]);
  expect(cardPlaces([SHORT, SENTENCE, SHORT, SHORT])).toEqual(["row", "row", "half", "half"]);
  expect(cardPlaces([])).toEqual([]);
});

test("a value that is too long for half a card has a row of its own, and parts nothing that stands after it", () => {
  expect(cardPlaces([{ ownRow: true }, SHORT, SHORT, SHORT])).toEqual(["row", "half", "half", "row"]);
});
