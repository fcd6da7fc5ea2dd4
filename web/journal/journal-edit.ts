import {
  EditJournalTrade,
  JOURNAL_TAG_CHARACTERS_MAX,
  JOURNAL_TAGS_MAX,
  type JournalTrade,
} from "../../schema/wire/journal.ts";

/** What a person writes about a trade, as it is typed. */
export interface JournalDraft {
  readonly notes: string;
  /** Tags with commas between. */
  readonly tags: string;
  readonly rating: number | null;
}

export function draftOfTrade({ notes, tags, rating }: Pick<JournalTrade, "notes" | "tags" | "rating">): JournalDraft {
  return { notes, tags: tags.join(", "), rating };
}

/** The tags in a text with commas between: trimmed, each once whatever its letters' case, as it was first written. */
export function tagsIn(text: string): readonly string[] {
  const tags = new Map<string, string>();
  for (const part of text.split(",")) {
    const tag = part.trim().replace(/\s+/g, " ");
    if (tag !== "" && !tags.has(tag.toLowerCase())) tags.set(tag.toLowerCase(), tag);
  }
  return [...tags.values()];
}

/** The change that a draft asks for, or what is wrong with it by its field. */
export function editOfDraft(draft: JournalDraft): {
  edit: EditJournalTrade | null;
  problems: ReadonlyMap<string, string>;
} {
  const edit = { notes: draft.notes, tags: [...tagsIn(draft.tags)], rating: draft.rating };
  const read = EditJournalTrade.safeParse(edit);
  if (read.success) return { edit: read.data, problems: new Map() };
  const problems = new Map<string, string>();
  for (const { path, message } of read.error.issues) {
    if (path[0] === "tags") problems.set("tags", tagProblem(edit.tags));
    else problems.set(String(path[0]), message);
  }
  return { edit: null, problems };
}

function tagProblem(tags: readonly string[]): string {
  const long = tags.find((tag) => tag.length > JOURNAL_TAG_CHARACTERS_MAX);
  if (long === undefined) return `must be at most ${JOURNAL_TAGS_MAX} tags, were ${tags.length}`;
  return `each must be at most ${JOURNAL_TAG_CHARACTERS_MAX} characters, “${long.slice(0, 20)}…” has ${long.length}`;
}
