import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { LockKeyhole } from "lucide-react";
import type { ComponentType } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Page } from "../ui/page.tsx";
import { bringIntoView, SectionTabs, tabClass } from "../ui/section-tabs.tsx";
import { Empty } from "../ui/states.tsx";
import { ADMIN_PLACES, type AdminSection } from "./admin-search.ts";
import { BackupsSection } from "./backups-section.tsx";
import { BootstrapForm } from "./bootstrap-form.tsx";
import { isOperator } from "./is-operator.ts";
import { JobsSection } from "./jobs-section.tsx";
import { ObjectsSection } from "./objects-section.tsx";
import { OverviewSection } from "./overview-section.tsx";
import { TrailSection } from "./trail-section.tsx";
import { UsersSection } from "./users-section.tsx";

const CONTENT: Readonly<Record<AdminSection, ComponentType>> = {
  overview: OverviewSection,
  users: UsersSection,
  work: JobsSection,
  objects: ObjectsSection,
  backups: BackupsSection,
  trail: TrailSection,
};

/** The deployment as its operators see it, and what they may do to it. */
export function AdminPage() {
  const { section = "overview" } = useSearch({ from: "/app/admin" });
  const session = useQuery(sessionQuery).data;
  if (!isOperator(session)) {
    return (
      <Page title="Operations">
        <Empty
          icon={LockKeyhole}
          title="This is for the people who operate the deployment"
          action={session?.viewing === null && <BootstrapForm />}
        >
          Your account has the role of a trader. An administrator can give it another one.
        </Empty>
      </Page>
    );
  }
  const Content = CONTENT[section];
  return (
    <Page title="Operations" narrow>
      <SectionTabs label="Operations">
        {ADMIN_PLACES.map((one) => (
          <Link
            key={one.section}
            to="/admin"
            search={{ section: one.section }}
            aria-current={one.section === section ? "page" : undefined}
            ref={one.section === section ? bringIntoView : undefined}
            className={tabClass}
          >
            {one.label}
          </Link>
        ))}
      </SectionTabs>
      <Content />
    </Page>
  );
}
