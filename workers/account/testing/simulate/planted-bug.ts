import type { Broker } from "../../../brokers/broker.ts";
import type { Desk } from "../../desk.ts";
import { orderToPlace } from "../../desk-intent.ts";
import type { SwitchScope } from "../../desk-switches.ts";
import type { MemoryDeskStore } from "../memory-desk-store.ts";
import { BOOK_PLANTS } from "./planted-books.ts";
import { BROKER_PLANTS } from "./planted-broker.ts";
import { MARKET_PLANTS } from "./planted-market.ts";
import { isUnder } from "./traders.ts";

/** What one process of a desk is made of. */
export interface DeskParts {
  readonly store: MemoryDeskStore;
  readonly broker: Broker;
}

/** One safety rule left out: what is done to a process before its desk starts, and to the desk after. */
export interface Plant {
  readonly before?: (parts: DeskParts) => void;
  readonly after?: (desk: Desk, parts: DeskParts) => void;
}

const PASS = {
  verdict: "pass",
  limitsVersion: "none",
  referencePrice: "100",
  code: null,
  cap: null,
  value: null,
  limit: null,
  level: null,
} as const;

/** Leaves orders out of what verdicts count. */
function notCounting(state: "SUBMITTING" | "UNKNOWN" | "LOST"): Plant {
  return {
    after({ gate }) {
      const bookOf = gate.bookOf.bind(gate);
      gate.bookOf = (bot) => {
        const book = bookOf(bot);
        return { ...book, orders: book.orders.filter((order) => order.state !== state) };
      };
    },
  };
}

const STORE_PLANTS = {
  "sync-not-awaited": { before: ({ store }) => (store.sync = async () => undefined) },
  "verdict-not-stored": {
    before({ store }) {
      const put = store.putOrder.bind(store);
      store.putOrder = (stored) => put({ ...stored, verdict: undefined });
    },
  },
  "legs-not-stored": {
    before({ store }) {
      const put = store.putOrder.bind(store);
      store.putOrder = (stored) => (stored.order.parent === undefined ? put(stored) : undefined);
    },
  },
  "ledger-event-not-kept": {
    before({ store }) {
      const book = store.book.bind(store);
      store.book = (id, text) => book(id, text.includes('"fill"') ? (store.booked("capital:bot-1") ?? text) : text);
    },
  },
  "fill-booked-twice": {
    before({ store }) {
      const book = store.book.bind(store);
      store.isBooked = () => false;
      store.book = (id, text) => book(store.booked(id) === undefined ? id : `${id} ${store.disk.booked.size}`, text);
    },
  },
  "write-in-parts": {
    before({ store }) {
      const [put, write, book] = [store.putOrder.bind(store), store.write.bind(store), store.book.bind(store)];
      const transaction = store.transaction.bind(store);
      // The process may end before each part.
      const part = () => transaction(() => undefined);
      store.transaction = (act) => act();
      store.putOrder = (stored) => {
        part();
        put(stored);
      };
      store.write = (name, text) => {
        part();
        write(name, text);
      };
      store.book = (id, text) => {
        part();
        book(id, text);
      };
    },
  },
} satisfies Record<string, Plant>;

const GATE_PLANTS = {
  "in-flight-not-counted": notCounting("SUBMITTING"),
  "unknown-not-counted": notCounting("UNKNOWN"),
  "lost-is-gone": notCounting("LOST"),
  "own-share-only": {
    after({ gate }) {
      const bookOf = gate.bookOf.bind(gate);
      gate.bookOf = (bot) => {
        const book = bookOf(bot);
        return { ...book, account: book.bot, orders: book.orders.filter((order) => order.bot === bot) };
      };
    },
  },
  "no-verdict": { after: ({ gate }) => (gate.judge = () => PASS) },
  "growth-not-asked": {
    after({ gate, books }) {
      const judge = gate.judge.bind(gate);
      gate.judge = (intent, legs, options) =>
        books.order(intent.id) === undefined ? judge(intent, legs, options) : PASS;
    },
  },
  "reduce-only-not-asked": {
    after({ gate }) {
      const judge = gate.judge.bind(gate);
      gate.judge = (intent, legs, options) => judge({ ...intent, reduceOnly: false }, legs, options);
    },
  },
  "legs-not-counted": {
    after({ gate }) {
      const judge = gate.judge.bind(gate);
      gate.judge = (intent, _legs, options) => judge(intent, [], options);
    },
  },
} satisfies Record<string, Plant>;

const SWITCH_PLANTS = {
  "kill-in-memory": {
    after({ switches, gate }) {
      const thrown: SwitchScope[] = [];
      const isThrown = (bot: string, instrument: string) =>
        thrown.some((scope) => isUnder({ scope, flatten: false }, { bot, instrument }));
      switches.kill = (scope) => {
        thrown.push(scope);
        return [];
      };
      switches.isStopped = isThrown;
      const states = gate.states.bind(gate);
      gate.states = (bot, instrument) => ({
        ...states(bot, instrument),
        ...(isThrown(bot, instrument) ? { platform: "HALTED" as const } : {}),
      });
    },
  },
  "kill-not-asked": {
    after({ switches, gate }) {
      const on = "ACTIVE" as const;
      gate.states = () => ({ platform: on, user: on, account: on, instrument: on, bot: on });
      switches.isStopped = () => false;
    },
  },
  "kill-not-asked-before-send": { after: ({ switches }) => (switches.isStopped = () => false) },
  "kill-leaves-orders": {
    after({ switches, books }) {
      const kill = switches.kill.bind(switches);
      switches.kill = (scope, options) =>
        books.write(() => {
          const hear = books.hear.bind(books);
          books.hear = (id) => books.order(id)?.order;
          const ids = kill(scope, options);
          books.hear = hear;
          return ids;
        });
      switches.toCancelAgain = () => [];
    },
  },
  "flatten-forgotten": {
    after({ switches }) {
      const kill = switches.kill.bind(switches);
      switches.kill = (scope, { at }) => kill(scope, { at, flatten: false });
    },
  },
} satisfies Record<string, Plant>;

const DESK_PLANTS = {
  "send-before-write": {
    after(desk, { broker }) {
      const place = broker.place.bind(broker);
      const sent = new Map<string, ReturnType<Broker["place"]>>();
      broker.place = (order) => sent.get(order.id) ?? place(order);
      const write = desk.writeIntent.bind(desk);
      desk.writeIntent = (main, legs, closes) => {
        if (desk.isReady() && desk.gate.judge(main, legs, { closes }).verdict === "pass") {
          const early = place(orderToPlace(main, legs));
          early.catch(() => undefined);
          sent.set(main.id, early);
        }
        return write(main, legs, closes);
      };
    },
  },
  "trade-before-reconcile": { after: (desk) => void Reflect.set(desk, "ready", true) },
  "resend-on-recovery": {
    after(desk, { broker }) {
      for (const { order } of desk.books.openOrders()) {
        if (order.state === "UNKNOWN") broker.place(orderToPlace(order, [])).catch(() => undefined);
      }
    },
  },
  "redelivery-is-new": {
    after(desk) {
      const submit = desk.submit.bind(desk);
      const known = new Set<string>();
      desk.submit = (bot, intent) => {
        const key = `${bot} ${intent.leg} ${intent.ordinal}`;
        const ordinal = known.has(key) ? intent.ordinal + 1_000_000 : intent.ordinal;
        known.add(key);
        return submit(bot, { ...intent, ordinal, signal: `${intent.signal} ${ordinal}` });
      };
    },
  },
} satisfies Record<string, Plant>;

/** Safety rules that the simulator can leave out, one at a time, to see whether it would notice. */
export const PLANTS = {
  ...STORE_PLANTS,
  ...GATE_PLANTS,
  ...SWITCH_PLANTS,
  ...BOOK_PLANTS,
  ...DESK_PLANTS,
  ...BROKER_PLANTS,
  ...MARKET_PLANTS,
} satisfies Record<string, Plant>;
export type PlantedBug = keyof typeof PLANTS;
export const PLANTED_BUGS = Object.keys(PLANTS) as PlantedBug[];
