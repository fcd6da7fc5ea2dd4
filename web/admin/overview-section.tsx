import { useQuery } from "@tanstack/react-query";
import type { Dependency, DeploymentHealth } from "../../schema/wire/admin.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Ago } from "../ui/moment.tsx";
import { Section } from "../ui/page.tsx";
import { PlainTable } from "../ui/plain-table.tsx";
import { Failure, SkeletonRows } from "../ui/states.tsx";
import { healthQuery } from "./admin-queries.ts";
import { SwitchesPart } from "./switches-part.tsx";

/** Switches of the whole deployment, and how everything it needs is. */
export function OverviewSection() {
  return (
    <>
      <SwitchesPart />
      <HealthPart />
    </>
  );
}

function HealthPart() {
  const health = useQuery(healthQuery);
  return (
    <Section title="Health" note="Asked now, and every half minute.">
      {health.isPending ? (
        <SkeletonRows rows={5} />
      ) : health.data === undefined ? (
        <Failure error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <Health health={health.data} />
      )}
    </Section>
  );
}

const STATES: Readonly<Record<Dependency["state"], { readonly tone: BadgeTone; readonly word: string }>> = {
  working: { tone: "accent", word: "Works" },
  failing: { tone: "danger", word: "Fails" },
  unset: { tone: "neutral", word: "Not set" },
};

function Health({ health }: { health: DeploymentHealth }) {
  const { dependencies, version, deployment, migration, nightly } = health;
  return (
    <div className="grid items-start gap-6 *:min-w-0 lg:grid-cols-2">
      <div className="card px-5 py-3">
        <PlainTable
          label="What the deployment needs"
          rows={dependencies}
          keyOf={({ name }) => name}
          columns={[
            { title: "Needs", left: true, cell: ({ name }) => <span className="font-medium">{wordOf(name)}</span> },
            {
              title: "State",
              left: true,
              cell: ({ state }) => <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge>,
            },
            { title: "Says", left: true, wrap: true, cell: ({ note }) => <span className="text-muted">{note}</span> },
            { title: "Took", cell: ({ elapsedMs }) => (elapsedMs === 0 ? "" : `${Math.round(elapsedMs)} ms`) },
          ]}
        />
      </div>
      <div className="grid gap-6 *:min-w-0">
        <dl className="card num divide-y divide-line px-5 py-1 text-table">
          {[
            ["Deployment", deployment],
            ["Version", version],
            ["Newest migration", migration],
          ].map(([name, value]) => (
            <div key={name} className="flex items-baseline justify-between gap-4 py-2">
              <dt className="shrink-0 text-muted">{name}</dt>
              <dd className="min-w-0 text-right break-words">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="card px-5 py-3">
          <PlainTable
            label="Jobs of the night"
            rows={nightly}
            keyOf={({ name }) => name}
            empty="No job of the night was through yet."
            columns={[
              { title: "Job of the night", left: true, cell: ({ name }) => wordOf(name) },
              { title: "For the day", cell: ({ day }) => day },
              { title: "Done", cell: ({ doneAt }) => <Ago timeMs={doneAt} /> },
            ]}
          />
        </div>
      </div>
    </div>
  );
}

function wordOf(name: string): string {
  const text = name.replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
