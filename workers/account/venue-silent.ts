/** Answered of a restored account whose books could not be held against its venue. */
export const VENUE_SILENT = "the venue did not tell everything";
