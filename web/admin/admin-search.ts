/** The parts of the operators' page, as its address names them, with their names in the order of the page. */
export const ADMIN_PLACES = [
  { section: "overview", label: "Overview" },
  { section: "users", label: "Users" },
  { section: "work", label: "Work" },
  { section: "objects", label: "Objects" },
  { section: "backups", label: "Backups" },
  { section: "trail", label: "Who did what" },
] as const;
export type AdminSection = (typeof ADMIN_PLACES)[number]["section"];

export interface AdminSearch {
  readonly section?: AdminSection;
}

/** The part that an address names; another text names none. */
export function parseAdminSearch(search: Record<string, unknown>): AdminSearch {
  const found = ADMIN_PLACES.find(({ section }) => section === search.section);
  return found === undefined ? {} : { section: found.section };
}
