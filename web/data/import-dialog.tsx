import { FileUp } from "lucide-react";
import { type DragEvent, useId, useRef, useState } from "react";
import type { Import } from "../../schema/wire/dataset.ts";
import { ApiError } from "../api/api-error.ts";
import { queryClient } from "../api/runtime.ts";
import { formatBytes } from "../format/format.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Progress } from "../ui/progress.tsx";
import { InlineError } from "../ui/states.tsx";
import { type FileGuess, guessFromFileName } from "./file-guess.ts";
import { fileProblem } from "./file-problem.ts";
import { ImportFields, type ImportValues } from "./import-fields.tsx";
import { ImportResult } from "./import-result.tsx";
import { startUpload, type Upload, type UploadState } from "./upload.ts";

const ACCEPTED = ".csv,.txt,.gz,.parquet,.arrow,.feather";

interface ImportDialogProps {
  /** A file that was dropped on the page. */
  readonly dropped: File | null;
  readonly onClose: () => void;
}

/** Brings a file of candles in: choose it, say what it holds, watch it go, read what was found. */
export function ImportDialog({ dropped, onClose }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(dropped);
  const [values, setValues] = useState<ImportValues>(() => valuesOf(dropped));
  const work = useImportWork();
  function choose(chosen: File) {
    setFile(chosen);
    setValues(valuesOf(chosen));
    work.reset();
  }
  return (
    <Dialog title="Import candles" open onClose={work.state === null ? onClose : () => undefined} wide>
      {work.result !== null ? (
        <ImportResult result={work.result} onClose={onClose} />
      ) : work.state !== null && file !== null ? (
        <Working file={file} state={work.state} onCancel={work.cancel} />
      ) : (
        <div className="grid gap-5">
          <DropBox file={file} onFile={choose} />
          {file !== null && (
            <ImportFields
              values={values}
              onChange={setValues}
              problems={problemsOf(work.error)}
              fileProblem={fileProblem(file)}
              onSubmit={() => work.run(file, values)}
            />
          )}
          <InlineError error={work.error} />
        </div>
      )}
    </Dialog>
  );
}

function useImportWork() {
  const [state, setState] = useState<UploadState | null>(null);
  const [result, setResult] = useState<Import | null>(null);
  const [error, setError] = useState<unknown>(null);
  const upload = useRef<Upload | null>(null);
  async function run(file: File, values: ImportValues) {
    setError(null);
    setState({ sent: 0, total: file.size, phase: "sending" });
    const { timeframe, name, ...rest } = values;
    const named = name.trim() === "" ? {} : { name: name.trim() };
    const query = { ...rest, ...named, fileName: file.name, ...(timeframe === "" ? {} : { timeframe }) };
    upload.current = startUpload(file, query, setState);
    try {
      setResult(await upload.current.done);
      void queryClient.invalidateQueries({ queryKey: ["datasets"] });
    } catch (failure) {
      setError(failure);
    } finally {
      setState(null);
    }
  }
  return {
    state,
    result,
    error,
    run: (file: File, values: ImportValues) => void run(file, values),
    cancel: () => upload.current?.cancel(),
    reset: () => setError(null),
  };
}

function DropBox({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const id = useId();
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped !== undefined) onFile(dropped);
  }
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classNames(
        "flex flex-col items-center gap-1 rounded-lg border border-dashed px-6 text-center transition-colors focus-within:outline-2 focus-within:outline-accent hover:border-accent",
        over ? "border-accent bg-accent-soft" : "border-line-strong",
        file === null ? "py-10" : "py-4",
      )}
    >
      <FileUp size={22} strokeWidth={1.5} aria-hidden className="text-faint" />
      {file === null ? (
        <>
          <span className="font-medium">Drop a file here, or choose one</span>
          <span className="max-w-md text-table text-muted">
            CSV, Parquet, Arrow or Feather, plain or gzip, up to 100 MB. Exports of Binance, Yahoo, Stooq, MetaTrader
            and TradingView are understood as they are.
          </span>
        </>
      ) : (
        <span>
          <span className="font-medium">{file.name}</span>
          <span className="num text-muted"> · {formatBytes(file.size)} · choose another</span>
        </span>
      )}
      <input
        id={id}
        type="file"
        accept={ACCEPTED}
        className="sr-only"
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen !== undefined) onFile(chosen);
        }}
      />
    </label>
  );
}

function Working({ file, state, onCancel }: { file: File; state: UploadState; onCancel: () => void }) {
  const sending = state.phase === "sending";
  const words = sending ? "Sending the file" : "Reading, checking and storing the candles";
  return (
    <div className="py-4">
      <div className="num mb-3 flex items-baseline justify-between gap-4">
        <span className="font-medium" aria-live="polite">
          {words}
        </span>
        <span className="text-muted">
          {formatBytes(state.sent, file.size)} of {formatBytes(file.size)}
        </span>
      </div>
      <Progress share={sending ? state.sent / Math.max(1, state.total) : null} label={words} />
      <div className="mt-5 flex items-center justify-between gap-4">
        <p className="text-table text-muted">Nothing is stored unless all of it is.</p>
        <Button onClick={onCancel}>Stop</Button>
      </div>
    </div>
  );
}

function valuesOf(file: File | null): ImportValues {
  const guess: FileGuess =
    file === null ? { name: "", symbol: "", kind: "crypto", quote: "USD" } : guessFromFileName(file.name);
  return { ...guess, timeframe: "", price: "bid" };
}

function problemsOf(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof ApiError)) return new Map();
  return new Map(error.issues.map((issue) => [issue.field.split(".").at(-1) ?? "", issue.rule]));
}
