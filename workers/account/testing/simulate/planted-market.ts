import type { ScopeBook } from "../../../core/risk/risk-book.ts";
import type { DeskGate } from "../../desk-gate.ts";
import type { Plant } from "./planted-bug.ts";

/** Shows verdicts another book than there is. */
function onBook(change: (book: Book, gate: DeskGate) => Book): Plant {
  return {
    after({ gate }) {
      const bookOf = gate.bookOf.bind(gate);
      gate.bookOf = (bot) => change(bookOf(bot), gate);
    },
  };
}

type Book = ReturnType<DeskGate["bookOf"]>;

function withEquity(scope: ScopeBook, parts: Partial<ScopeBook["equity"]>): ScopeBook {
  return { ...scope, equity: { ...scope.equity, ...parts } };
}

/** Safety rules about prices: how old, how far away, and what was lost on them. */
export const MARKET_PLANTS = {
  "old-price-believed": {
    after({ gate, now }) {
      const bookOf = gate.bookOf.bind(gate);
      gate.bookOf = (bot) => {
        const book = bookOf(bot);
        const references = [...book.references].map(
          ([name, reference]) => [name, { ...reference, at: now() }] as const,
        );
        return { ...book, references: new Map(references) };
      };
    },
  },
  "collar-not-asked": {
    after({ gate }) {
      const judge = gate.judge.bind(gate);
      gate.judge = (intent, legs, options) => {
        const reference = gate.bookOf(intent.bot).references.get(intent.instrument)?.price;
        const near = intent.limit === undefined || reference === undefined ? intent : { ...intent, limit: reference };
        return judge(near, legs, options);
      };
    },
  },
  "own-orders-not-met": onBook((book) => ({
    ...book,
    orders: book.orders.map((order) => ({ ...order, limit: undefined })),
  })),
  "day-not-asked": {
    after({ gate, switches }) {
      const bookOf = gate.bookOf.bind(gate);
      gate.bookOf = (bot) => {
        const book = bookOf(bot);
        return { ...book, bot: withEquity(book.bot, { dayStart: book.bot.equity.equity }) };
      };
      switches.watch = () => undefined;
    },
  },
  "drawdown-not-asked": onBook((book) => ({ ...book, bot: withEquity(book.bot, { peak: book.bot.equity.equity }) })),
  "reducing-not-asked": {
    after({ gate }) {
      const states = gate.states.bind(gate);
      gate.states = (bot, instrument) => {
        const asked = states(bot, instrument);
        return asked.bot === "REDUCING" ? { ...asked, bot: "ACTIVE" } : asked;
      };
    },
  },
  "throttle-not-asked": {
    after({ gate, switches }) {
      const judge = gate.judge.bind(gate);
      switches.watchThrottles = () => undefined;
      gate.judge = (intent, legs, options) => {
        const bookOf = gate.bookOf.bind(gate);
        gate.bookOf = (bot) => {
          const book = bookOf(bot);
          return { ...book, bot: { ...book.bot, executions: [], rejectsInARow: 0 } };
        };
        const verdict = judge(intent, legs, options);
        gate.bookOf = bookOf;
        return verdict;
      };
    },
  },
  "change-not-asked": {
    after({ gate, books }) {
      const judge = gate.judge.bind(gate);
      gate.judge = (intent, legs, options) => {
        const before = options.replaces === undefined ? undefined : books.order(options.replaces)?.order;
        return judge(before === undefined ? intent : { ...intent, limit: before.limit }, legs, options);
      };
    },
  },
  "raise-at-once": {
    after({ books, switches }) {
      const set = switches.setLimits.bind(switches);
      switches.setLimits = (name, limits) => {
        books.putScope(name, { ...books.scope(name), limits: [] });
        set(name, limits);
      };
    },
  },
  "limits-not-changed": {
    after({ books, switches }) {
      const set = switches.setLimits.bind(switches);
      switches.setLimits = (name, limits) => (books.scope(name).limits.length === 0 ? set(name, limits) : undefined);
    },
  },
  "not-marked-to-market": { after: ({ books }) => (books.mark = () => undefined) },
} satisfies Record<string, Plant>;
