import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Page } from "../ui/page.tsx";
import { bringIntoView, SectionTabs, tabClass } from "../ui/section-tabs.tsx";
import { SkeletonRows } from "../ui/states.tsx";
import { AccountsSection } from "./accounts-section.tsx";
import { ApiKeysSection } from "./api-keys-section.tsx";
import { ConnectionsSection } from "./connections-section.tsx";
import { PrivacySection } from "./privacy-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SecuritySection } from "./security-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { SETTINGS_PLACES, type SettingsSection } from "./settings-search.ts";
import { SharingSection } from "./sharing-section.tsx";

/** Few come here to see it: it is fetched when they do. */
const NotificationsSection = lazy(async () => {
  return { default: (await import("../notification/notifications-section.tsx")).NotificationsSection };
});

const CONTENT: Readonly<Record<SettingsSection, ComponentType>> = {
  profile: ProfileSection,
  security: SecuritySection,
  sessions: SessionsSection,
  accounts: AccountsSection,
  venues: ConnectionsSection,
  notifications: NotificationsSection,
  "api-keys": ApiKeysSection,
  sharing: SharingSection,
  privacy: PrivacySection,
};

/** Everything about the person's own account. */
export function SettingsPage() {
  const { section = "profile" } = useSearch({ from: "/app/settings" });
  const viewing = useQuery(sessionQuery).data?.viewing;
  const Content = CONTENT[section];
  return (
    <Page title="Settings" narrow>
      <SectionTabs label="Settings">
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
      </SectionTabs>
      {viewing && (
        <p className="mt-4 text-notice">
          These are the settings of your own account, not of the one that you are looking at.
        </p>
      )}
      <Suspense fallback={<SkeletonRows rows={5} />}>
        <Content />
      </Suspense>
    </Page>
  );
}
