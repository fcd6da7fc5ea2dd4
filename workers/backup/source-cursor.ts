/** Which table is walked, and behind which id. */
export interface SourceCursor {
  readonly table: "accounts" | "bots" | "users";
  readonly after: string;
}
