import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { Diagnostic, StrategyCheck } from "../../schema/wire/strategy.ts";
import { formatCount } from "../format/format.ts";

interface CheckFindingsProps {
  readonly check: StrategyCheck | null;
  readonly onReveal: (found: Diagnostic) => void;
}

/** What the last check found, in words; a click leads to the place. */
export function CheckFindings({ check, onReveal }: CheckFindingsProps) {
  if (check === null) return <p className="border-t border-line px-4 py-2.5 text-muted">Checking the rules</p>;
  const { diagnostics, parameters, warmup } = check;
  return (
    <div className="border-t border-line">
      <div role="status">
        {diagnostics.length === 0 ? (
          <p className="num flex items-center gap-2 px-4 py-2.5 text-muted">
            <CircleCheck size={15} aria-hidden className="text-accent" />
            The rules make sense.
            {warmup !== null && ` They need ${formatCount(warmup)} candles before their first signal.`}
          </p>
        ) : (
          <ul className="scroll-thin max-h-40 overflow-y-auto py-1">
            {diagnostics.map((found) => (
              <li key={`${found.from} ${found.message}`}>
                <Finding found={found} onReveal={onReveal} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {parameters.length > 0 && (
        <p className="num border-t border-line px-4 py-2.5 text-table text-muted">
          {parameters.map((spec) => `${spec.name} ${spec.default} (${spec.min} to ${spec.max})`).join(" · ")}
        </p>
      )}
    </div>
  );
}

function Finding({ found, onReveal }: { found: Diagnostic; onReveal: (found: Diagnostic) => void }) {
  const error = found.severity === "error";
  const Icon = error ? CircleX : TriangleAlert;
  return (
    <button
      type="button"
      onClick={() => onReveal(found)}
      className="flex w-full items-start gap-2 px-4 py-1 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <Icon
        size={15}
        role="img"
        aria-label={error ? "Error" : "Warning"}
        className={`mt-[3px] shrink-0 ${error ? "text-danger" : "text-notice"}`}
      />
      <span className="min-w-0 flex-1">
        {found.message}
        {found.suggestion !== null && <span className="text-muted"> Did you mean {found.suggestion}?</span>}
      </span>
      <span className="num shrink-0 text-table text-faint">
        line {found.line}, {found.column}
      </span>
    </button>
  );
}
