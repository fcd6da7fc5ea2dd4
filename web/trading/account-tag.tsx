import { ModeWord } from "./mode-word.tsx";
import type { PlacedAccount } from "./mode-words.ts";

/** Whose a row is: the account's name with the word for its money. Of an account that is not known nothing is said. */
export function AccountTag({ account }: { account: (PlacedAccount & { readonly name: string }) | undefined }) {
  if (account === undefined) return <span className="text-faint">—</span>;
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-2">
      <span className="min-w-0 max-w-48 truncate" title={account.name}>
        {account.name}
      </span>
      <ModeWord account={account} />
    </span>
  );
}
