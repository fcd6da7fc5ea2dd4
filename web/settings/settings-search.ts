/** The parts of the settings page, as its address names them. */
export const SETTINGS_SECTIONS = [
  "profile",
  "security",
  "sessions",
  "accounts",
  "venues",
  "notifications",
  "api-keys",
  "sharing",
  "privacy",
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** The same with their names, in the order of the page. */
export const SETTINGS_PLACES: readonly { readonly section: SettingsSection; readonly label: string }[] = [
  { section: "profile", label: "Profile" },
  { section: "security", label: "Security" },
  { section: "sessions", label: "Sessions" },
  { section: "accounts", label: "Trading accounts" },
  { section: "venues", label: "Venues" },
  { section: "notifications", label: "Notifications" },
  { section: "api-keys", label: "API keys" },
  { section: "sharing", label: "Sharing" },
  { section: "privacy", label: "Privacy" },
];

export interface SettingsSearch {
  readonly section?: SettingsSection;
}

/** The part that an address names; another text names none. */
export function parseSettingsSearch(search: Record<string, unknown>): SettingsSearch {
  const section = SETTINGS_SECTIONS.find((one) => one === search.section);
  return section === undefined ? {} : { section };
}
