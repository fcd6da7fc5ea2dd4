import { setPreferences, usePreferences } from "../app/preferences.ts";
import { Segmented } from "../ui/segmented.tsx";

/** Shows or hides the strategy's indicators, here and on every other chart from now on. */
export function IndicatorToggle() {
  const shown = usePreferences().indicators === "shown";
  return (
    <Segmented
      label="Indicators of the strategy"
      value={shown ? "shown" : undefined}
      onChange={() => setPreferences({ indicators: shown ? "hidden" : "shown" })}
      choices={[{ value: "shown", label: "Indicators", hint: "What the strategy looks at" }]}
    />
  );
}
