import type { ProblemIssue } from "../../schema/wire/primitive.ts";
import type { VenueGuide } from "./venue-words.ts";

/** What is ticked where a venue does not say whether a key can withdraw. */
export const WITHDRAWAL_BOX = "I have made sure that this key cannot withdraw money";

const FIELDS: Readonly<Record<string, string>> = {
  label: "Name",
  withdrawalChecked: `“${WITHDRAWAL_BOX}”`,
  credentials: "The key",
  "credentials.venue": "Venue",
  "credentials.environment": "Environment",
  "credentials.broker": "Broker",
  "credentials.keyKind": "Kind of key",
};

/** What the server refused of a venue's key, each field by the name that it has in the form. */
export function connectionProblems(issues: readonly ProblemIssue[], { fields }: Pick<VenueGuide, "fields">): string {
  return issues
    .map(({ field, rule }) => {
      const box = fields.find(({ name }) => field === `credentials.${name}`)?.label;
      const words = field === "withdrawalChecked" ? rule.replace(/^must be true/, "must be ticked") : rule;
      return `${box ?? FIELDS[field] ?? field} ${words}.`;
    })
    .join(" ");
}
