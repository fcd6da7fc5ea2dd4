/** What is denied before the venue has told everything since the process began. */
export const NOT_RECONCILED = {
  verdict: "denied",
  limitsVersion: null,
  referencePrice: null,
  code: "NOT_RECONCILED",
  cap: null,
  value: "the venue has not answered",
  limit: "books held against the venue's",
  level: null,
} as const;
