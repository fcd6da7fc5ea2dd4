import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
import { AUDIT_ACTORS, AUDIT_KINDS, type AuditSearch, parseAuditSearch } from "./audit-search.ts";

// What is typed is asked for once the fingers rest.
const TYPING_MS = 300;

/** Narrows the trail: what, who, when, and words. Everything is in the address. */
export function AuditFilters() {
  const search = useSearch({ from: "/app/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const set = (change: AuditSearch) =>
    void navigate({ search: (now) => parseAuditSearch({ ...now, ...change, entry: undefined }), replace: true });
  return (
    <div className="grid grid-cols-[minmax(180px,1.4fr)_repeat(2,minmax(130px,1fr))_repeat(2,minmax(130px,150px))_auto] items-end gap-3 border-b border-line px-4 py-3 max-lg:grid-cols-[repeat(4,minmax(0,1fr))_auto] max-md:grid-cols-2">
      <Words value={search.q ?? ""} onChange={(q) => set({ q })} />
      <SelectField
        label="What"
        value={search.what ?? ""}
        choices={[{ value: "", label: "Everything" }, ...AUDIT_KINDS]}
        onChange={(what) => set({ what: what === "" ? undefined : what })}
      />
      <SelectField
        label="Who"
        value={search.who ?? ""}
        choices={[{ value: "", label: "Anybody" }, ...AUDIT_ACTORS]}
        onChange={(who) => set({ who: who === "" ? undefined : who })}
      />
      <TextField
        label="From"
        type="date"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => set({ from: event.target.value })}
      />
      <TextField
        label="To"
        type="date"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => set({ to: event.target.value })}
      />
      <Button kind="quiet" disabled={!hasFilter(search)} onClick={() => void navigate({ search: {}, replace: true })}>
        Clear
      </Button>
    </div>
  );
}

/** Whether anything but the open entry narrows the list. */
export function hasFilter({ what, who, from, to, q }: AuditSearch): boolean {
  return [what, who, from, to, q].some((value) => value !== undefined);
}

function Words({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  // What the address says counts where it changed by other means, such as Clear or going back.
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  });
  return (
    <TextField
      label="Words"
      type="search"
      data-page-search
      maxLength={200}
      placeholder="A name, an address, an id"
      className="max-lg:col-span-full"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
