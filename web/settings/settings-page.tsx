import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Page } from "../ui/page.tsx";
import { AccountsSection } from "./accounts-section.tsx";
import { ApiKeysSection } from "./api-keys-section.tsx";
import { ConnectionsSection } from "./connections-section.tsx";
import { PrivacySection } from "./privacy-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SecuritySection } from "./security-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { SETTINGS_PLACES, type SettingsSection } from "./settings-search.ts";
import { SharingSection } from "./sharing-section.tsx";

const CONTENT: Readonly<Record<SettingsSection, ComponentType>> = {
  profile: ProfileSection,
  security: SecuritySection,
  sessions: SessionsSection,
  accounts: AccountsSection,
  venues: ConnectionsSection,
  "api-keys": ApiKeysSection,
  sharing: SharingSection,
  privacy: PrivacySection,
};

const tabClass =
  "-mb-px inline-flex h-10 items-center border-b-2 border-transparent px-3 font-medium whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";

/** Everything about the person's own account. */
export function SettingsPage() {
  const { section = "profile" } = useSearch({ from: "/app/settings" });
  const viewing = useQuery(sessionQuery).data?.viewing;
  const Content = CONTENT[section];
  return (
    <Page title="Settings" narrow>
      <nav
        aria-label="Settings"
        className="scroll-thin flex gap-1 overflow-x-auto overflow-y-hidden border-b border-line"
      >
        {SETTINGS_PLACES.map((one) => (
          <Link
            key={one.section}
            to="/settings"
            search={{ section: one.section }}
            aria-current={one.section === section ? "page" : undefined}
            ref={one.section === section ? bringIntoView : undefined}
            className={tabClass}
          >
            {one.label}
          </Link>
        ))}
        <Link to="/audit" className={tabClass}>
          Audit trail
        </Link>
      </nav>
      {viewing && (
        <p className="mt-4 text-notice">
          These are the settings of your own account, not of the one that you are looking at.
        </p>
      )}
      <Content />
    </Page>
  );
}

/** On a phone the row is wider than the screen. */
function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
