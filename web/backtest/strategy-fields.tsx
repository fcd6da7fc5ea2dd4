import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useId } from "react";
import { StrategyOptions } from "../strategy/strategy-options.tsx";
import { buttonClass } from "../ui/button.tsx";
import { boxClass, TextField } from "../ui/field.tsx";
import { parameterWarning } from "./parameter-warning.ts";
import { useRunForm } from "./run-form.ts";
import { withStrategy } from "./strategy-direction.ts";

/** What trades, and with which numbers. */
export function StrategyFields() {
  const form = useRunForm();
  const { draft, library, own, parameters, set, problem } = form;
  const id = useId();
  const error = problem("strategy");
  const chosen = draft.strategy.slice(draft.strategy.indexOf(":") + 1);
  const summary = draft.strategy.startsWith("library:") ? library.find((row) => row.id === chosen)?.summary : undefined;
  return (
    <div className="grid gap-4">
      <div>
        <label htmlFor={id} className="mb-1 block text-table font-medium text-muted">
          Strategy
        </label>
        <div className="flex gap-2">
          <select
            id={id}
            value={draft.strategy}
            aria-invalid={error !== undefined || undefined}
            onChange={(event) => set(withStrategy(form, event.target.value))}
            className={`${boxClass} select-arrow w-full pr-7`}
          >
            {draft.strategy === "rules" && <option value="rules">Rules of the earlier run</option>}
            <StrategyOptions own={own} library={library} />
          </select>
          {draft.strategy.startsWith("saved:") && (
            <Link to="/strategies/$id" params={{ id: chosen }} className={buttonClass()}>
              Edit
            </Link>
          )}
        </div>
        {error !== undefined && <p className="mt-1 text-table text-danger">{error}</p>}
        {summary !== undefined && <p className="mt-1.5 text-muted">{summary}</p>}
      </div>
      {parameters.length > 0 && <ParameterFields />}
    </div>
  );
}

function ParameterFields() {
  const { draft, parameters, set, problem } = useRunForm();
  const warning = parameterWarning(parameters, draft.parameters);
  return (
    <div>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4">
        {parameters.map((spec) => (
          <TextField
            key={spec.name}
            label={spec.title}
            hint={`${spec.kind === "integer" ? "A whole number" : "A number"} from ${spec.min} to ${spec.max}; ${spec.default} to begin with.`}
            inputMode={spec.kind === "integer" ? "numeric" : "decimal"}
            autoComplete="off"
            value={draft.parameters[spec.name] ?? String(spec.default)}
            error={problem(`parameters.${spec.name}`)}
            onChange={(event) => set({ parameters: { ...draft.parameters, [spec.name]: event.target.value } })}
          />
        ))}
      </div>
      <div role="status">
        {warning !== undefined && (
          <p className="mt-3 flex items-start gap-2 text-table">
            <TriangleAlert size={14} aria-hidden className="mt-[3px] shrink-0 text-notice" />
            {warning}
          </p>
        )}
      </div>
    </div>
  );
}
