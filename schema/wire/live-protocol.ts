/**
 * Version of the frames; a client offers it as its sub-protocol. In a file of its own, since every page names it and most
 * need no validator.
 */
export const LIVE_PROTOCOL = "apextrade.v1";
