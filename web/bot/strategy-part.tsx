import { useId } from "react";
import { parameterWarning } from "../backtest/parameter-warning.ts";
import { StrategyOptions } from "../strategy/strategy-options.tsx";
import { boxClass, TextField } from "../ui/field.tsx";
import { isDriven } from "./bot-draft.ts";
import { useBotForm } from "./bot-form-context.ts";

/** What trades, and with which numbers. */
export function StrategyPart() {
  const { draft, library, own, parameters, set, problem } = useBotForm();
  const id = useId();
  const error = problem("strategy");
  const chosen = draft.strategy.slice(draft.strategy.indexOf(":") + 1);
  const summary = draft.strategy.startsWith("library:") ? library.find((row) => row.id === chosen)?.summary : undefined;
  const warning = parameterWarning(parameters, draft.parameters);
  return (
    <div className="grid gap-3">
      <div>
        <label htmlFor={id} className="mb-1 block text-table font-medium text-muted">
          Strategy
        </label>
        <select
          id={id}
          value={draft.strategy}
          aria-invalid={error !== undefined || undefined}
          onChange={(event) => set({ strategy: event.target.value, version: null, parameters: {} })}
          className={`${boxClass} select-arrow w-full pr-7`}
        >
          <optgroup label="From outside">
            <option value="signals">Signals: TradingView or a program of yours</option>
          </optgroup>
          {draft.strategy === "rules" && <option value="rules">Rules of its own</option>}
          <StrategyOptions own={own} library={library} />
        </select>
        {error !== undefined && <p className="mt-1 text-table text-danger">{error}</p>}
        {isDriven(draft) && (
          <p className="mt-1.5 text-muted">
            The bot decides nothing itself: it does what messages say that are sent to an address of its own, which you
            make on its page. Each is sized below and passes the same caps and pauses as any order.
          </p>
        )}
        {summary !== undefined && <p className="mt-1.5 text-muted">{summary}</p>}
      </div>
      {parameters.length > 0 && (
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
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
      )}
      {warning !== undefined && <p className="text-table text-notice">{warning}</p>}
    </div>
  );
}
