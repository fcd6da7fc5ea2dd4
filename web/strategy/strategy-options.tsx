interface StrategyOptionsProps {
  readonly own: readonly { readonly id: string; readonly name: string }[];
  readonly library: readonly { readonly id: string; readonly title: string }[];
}

/** Groups of a list to choose a strategy from: a person's own, then the library's. */
export function StrategyOptions({ own, library }: StrategyOptionsProps) {
  return (
    <>
      {own.length > 0 && (
        <optgroup label="Yours">
          {own.map((row) => (
            <option key={row.id} value={`saved:${row.id}`}>
              {row.name}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label="Library">
        {library.map((row) => (
          <option key={row.id} value={`library:${row.id}`}>
            {row.title}
          </option>
        ))}
      </optgroup>
    </>
  );
}
