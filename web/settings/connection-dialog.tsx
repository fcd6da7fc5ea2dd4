import { useState } from "react";
import {
  type BridgeAddress,
  type Connection,
  type VenueName,
  XTS_BROKERS,
  XTS_TEST_BROKER,
} from "../../schema/wire/connection.ts";
import { client } from "../api/runtime.ts";
import { useSubmission } from "../session/frame.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogFooter } from "../ui/dialog.tsx";
import { boxClass, CheckField, Field, SelectField, TextField } from "../ui/field.tsx";
import { ActError } from "./act-error.tsx";
import { connectionProblems, WITHDRAWAL_BOX } from "./connection-problems.ts";
import { withProof } from "./prove.ts";
import { environmentWords, type KeyField, OFFERED_GUIDES, VENUE_NAMES, type VenueGuide } from "./venue-words.ts";

/** Brokers of the test system or those with real money. */
function brokersOf(environment: string) {
  const all = Object.entries(XTS_BROKERS).map(([value, { name }]) => ({ value, label: name }));
  return all.filter(({ value }) => (value === XTS_TEST_BROKER) === (environment === "test"));
}
const KEY_KINDS = [
  { value: "ed25519", label: "Ed25519 (recommended)" },
  { value: "hmac", label: "HMAC" },
] as const;

interface ConnectionDialogProps {
  /** The connection whose keys are replaced; a new one is made where it is left out. */
  readonly rotates?: Connection;
  /** Where terminals dial this deployment; null where they cannot. */
  readonly bridge: BridgeAddress | null;
  readonly onClose: () => void;
  /** `secret` is the key that was made for a terminal, which nobody can show again. */
  readonly onDone: (connection: Connection, secret: string | undefined) => void;
}

/** Takes a venue's keys, with what to tick and what to leave when they are made there. */
export function ConnectionDialog({ rotates, bridge, onClose, onDone }: ConnectionDialogProps) {
  const submission = useSubmission();
  const [venue, setVenue] = useState<VenueName>(rotates?.venue ?? "BINANCE");
  const guide = guideOf(venue);
  const [environment, setEnvironment] = useState<string>(rotates?.environment ?? guide.environments[0]);
  const [label, setLabel] = useState(rotates?.label ?? "");
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(fixedFields(rotates));
  const [keyKind, setKeyKind] = useState<"hmac" | "ed25519">("ed25519");
  const brokers = brokersOf(environment);
  const [chosenBroker, setBroker] = useState("");
  const broker = brokers.some(({ value }) => value === chosenBroker) ? chosenBroker : brokers[0]?.value;
  const [checked, setChecked] = useState(false);
  function choose(next: VenueName) {
    setVenue(next);
    setEnvironment(guideOf(next).environments[0]);
    setTyped({});
  }
  async function save() {
    const secret = venue === "MT5" ? newSecret() : undefined;
    const own =
      venue === "BINANCE" ? { keyKind } : venue === "XTS" ? { broker } : secret === undefined ? {} : { secret };
    const credentials = { venue, environment, ...own, ...typed };
    const [path, body] =
      rotates === undefined
        ? ["/connections", { label, credentials, withdrawalChecked: checked }]
        : [`/connections/${rotates.id}/rotate`, { credentials, withdrawalChecked: checked }];
    onDone(await withProof(() => client.request<Connection>(path, { method: "POST", body })), secret);
  }
  return (
    <Dialog
      title={rotates === undefined ? "Connect a venue" : `Replace the key of ${rotates.label}`}
      open
      onClose={onClose}
      wide
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submission.run(save);
        }}
      >
        <VenueFields
          guide={guide}
          environment={environment}
          fixed={rotates !== undefined}
          onVenue={choose}
          onEnvironment={setEnvironment}
        />
        <Guide guide={guide} />
        {rotates === undefined && (
          <TextField
            label="Name"
            placeholder={`My ${VENUE_NAMES[venue]}`}
            required
            maxLength={60}
            autoComplete="off"
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        )}
        {venue === "BINANCE" && (
          <SelectField label="Kind of key" value={keyKind} choices={KEY_KINDS} onChange={setKeyKind} />
        )}
        {venue === "XTS" && <SelectField label="Broker" value={broker ?? ""} choices={brokers} onChange={setBroker} />}
        {venue === "MT5" && bridge === null && <NoBridge />}
        <KeyBoxes guide={guide} fixed={rotates?.venue === "MT5"} typed={typed} onType={setTyped} />
        {guide.movesNoMoney === undefined && (
          <CheckField
            label={WITHDRAWAL_BOX}
            hint="Some venues do not tell us. A key that the venue says can withdraw is refused whatever you tick."
            checked={checked}
            onChange={setChecked}
          />
        )}
        <DialogFooter>
          <ActError error={submission.error} wordsOf={(issues) => connectionProblems(issues, guide)} />
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" busy={submission.busy} disabled={venue === "MT5" && bridge === null}>
              {verbOf(venue, rotates !== undefined)}
            </Button>
          </div>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

/** A terminal is not tested before it was set up: it has to dial first. */
function verbOf(venue: VenueName, isReplaced: boolean): string {
  if (venue === "MT5") return isReplaced ? "Make another key" : "Make its key";
  return isReplaced ? "Test and replace" : "Test and keep";
}

/** What is asked for again and may not change: orders would go where nobody expects them. */
function fixedFields(rotates: Connection | undefined): Readonly<Record<string, string>> {
  if (rotates?.venue !== "MT5") return {};
  const [login = "", ...server] = rotates.facts.accountNumber.split(" at ");
  return { login, server: server.join(" at ") };
}

/** 192 bits of chance in hexadecimal: what a terminal proves itself by. */
function newSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function NoBridge() {
  return (
    <p role="status" className="rounded-md border border-notice/50 px-4 py-3 text-notice">
      This deployment has no sidecar with a port that terminals could dial, so MetaTrader cannot be connected here.
      Whoever runs it starts one and names its address in BRIDGE_ADDRESS.
    </p>
  );
}

interface VenueFieldsProps {
  readonly guide: VenueGuide;
  readonly environment: string;
  /** They are those of the connection whose key is replaced. */
  readonly fixed: boolean;
  readonly onVenue: (venue: VenueName) => void;
  readonly onEnvironment: (environment: string) => void;
}

function VenueFields({ guide, environment, fixed, onVenue, onEnvironment }: VenueFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Venue"
        value={guide.venue}
        disabled={fixed}
        choices={OFFERED_GUIDES.map(({ venue }) => ({ value: venue, label: VENUE_NAMES[venue] }))}
        onChange={onVenue}
      />
      <SelectField
        label="Environment"
        value={environment}
        disabled={fixed}
        choices={guide.environments.map((one) => ({ value: one, label: environmentWords(guide.venue, one) }))}
        onChange={onEnvironment}
      />
    </div>
  );
}

function guideOf(venue: VenueName): VenueGuide {
  const guide = OFFERED_GUIDES.find((one) => one.venue === venue);
  if (guide === undefined) throw new Error(`there is no guide to ${venue}`);
  return guide;
}

function Guide({
  guide: { heading = "When you make the key at the venue", tick, leave, addresses },
}: {
  guide: VenueGuide;
}) {
  return (
    <div className="grid gap-2 rounded-md border border-line bg-ground px-4 py-3 text-table">
      <p className="font-medium">{heading}</p>
      <ul className="grid list-disc gap-1 pl-5">
        {tick.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {leave.map((text) => (
          <li key={text} className="text-danger">
            Leave off: {text}
          </li>
        ))}
      </ul>
      <p className="text-muted">{addresses}</p>
    </div>
  );
}

interface KeyBoxesProps {
  readonly guide: VenueGuide;
  /** They are those of the connection whose key is replaced. */
  readonly fixed: boolean;
  readonly typed: Readonly<Record<string, string>>;
  readonly onType: (typed: Readonly<Record<string, string>>) => void;
}

function KeyBoxes({ guide, fixed, typed, onType }: KeyBoxesProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {guide.fields.map((field) => (
        <KeyBox
          key={`${guide.venue}.${field.name}`}
          field={field}
          fixed={fixed}
          value={typed[field.name] ?? ""}
          onChange={(value) => onType({ ...typed, [field.name]: value })}
        />
      ))}
    </div>
  );
}

interface KeyBoxProps {
  readonly field: KeyField;
  readonly value: string;
  /** It is that of the connection whose key is replaced. */
  readonly fixed: boolean;
  readonly onChange: (value: string) => void;
}

function KeyBox({ field, value, fixed, onChange }: KeyBoxProps) {
  const { label, hint, kind } = field;
  const hinted = hint === undefined ? {} : { hint };
  if (kind === "pem") {
    return (
      <Field label={label} {...hinted} className="sm:col-span-2">
        {(attributes) => (
          <textarea
            {...attributes}
            required
            rows={3}
            spellCheck={false}
            autoComplete="off"
            className={`${boxClass} h-auto w-full py-1.5 font-mono [-webkit-text-security:disc]`}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    );
  }
  return (
    <TextField
      label={label}
      {...hinted}
      required
      readOnly={fixed}
      type={kind === "secret" ? "password" : "text"}
      autoComplete={kind === "secret" ? "new-password" : "off"}
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
