import { Download } from "lucide-react";
import { type CsvColumn, csvOf } from "../format/csv.ts";
import { IconButton } from "./button.tsx";
import { saveText } from "./save-file.ts";

interface CsvButtonProps<T> {
  /** Named in the file's name and on the button. */
  readonly list: string;
  /** What is shown, in its order. */
  readonly rows: readonly T[];
  readonly columns: readonly CsvColumn<T>[];
}

/** Saves the rows of a list as they are filtered and sorted. */
export function CsvButton<T>({ list, rows, columns }: CsvButtonProps<T>) {
  return (
    <IconButton
      label={`Download these ${list} as CSV`}
      disabled={rows.length === 0}
      onClick={() => saveText(csvOf(rows, columns), `${list}.csv`, "text/csv;charset=utf-8")}
    >
      <Download size={16} aria-hidden />
    </IconButton>
  );
}
