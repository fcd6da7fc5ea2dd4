import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { Segmented } from "../ui/segmented.tsx";
import { ChannelsPart } from "./channels-part.tsx";
import { DeliveryLog } from "./delivery-log.tsx";
import type { Whose } from "./notification-queries.ts";
import { RulesPart } from "./rules-part.tsx";
import { TimesPart } from "./times-part.tsx";

const CHOICES = [
  { value: "mine", label: "Yours" },
  { value: "deployment", label: "The deployment's" },
] as const satisfies readonly { value: Whose; label: string }[];

/** How somebody is told what happens: over which ways, of what, when, and what became of it. */
export function NotificationsSection() {
  const role = useQuery(sessionQuery).data?.user?.role;
  const [whose, setWhose] = useState<Whose>("mine");
  const isStaff = role === "operator" || role === "administrator";
  return (
    <>
      {isStaff && (
        <div className="mt-6 flex flex-wrap items-center gap-3">
          <Segmented label="Whose notifications" value={whose} choices={CHOICES} onChange={setWhose} />
          {whose === "deployment" && (
            <span className="text-muted">
              For whoever runs this deployment. Operators may look; administrators may change.
            </span>
          )}
        </div>
      )}
      <ChannelsPart key={`channels ${whose}`} whose={whose} />
      <RulesPart key={`rules ${whose}`} whose={whose} />
      <TimesPart key={`times ${whose}`} whose={whose} />
      <DeliveryLog key={`log ${whose}`} whose={whose} />
    </>
  );
}
