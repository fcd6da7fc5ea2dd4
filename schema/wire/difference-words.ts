/** What a comparison of our books with the venue's found, by its code, in words for people. */
export const DIFFERENCE_WORDS = {
  POSITION_DIFFERS: "The position differs from the venue's",
  BALANCE_DIFFERS: "The balance differs from the venue's",
  FILLED_DIFFERS: "The venue counts other fills of an order than it shows",
  OVERFILLED: "An order was filled beyond its quantity",
  ORDER_CONTRADICTS: "The venue contradicts what is known of an order",
  ORDER_TWICE: "The venue has an order twice",
  ORDER_UNKNOWN: "The venue has an order that is named like ours and was never asked for",
} as const;
