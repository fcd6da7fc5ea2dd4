import { benchAudit } from "./audit.ts";
import { benchBots } from "./bots.ts";
import { benchCosts } from "./costs.ts";
import { benchDesk } from "./desk.ts";
import { benchEngine } from "./engine.ts";
import { benchFanOut } from "./fan-out.ts";
import { benchKillSwitch } from "./kill-switch.ts";
import { measureMemory } from "./memory.ts";
import { benchMetrics } from "./metrics.ts";
import { benchNotices } from "./notices.ts";
import { benchOrders } from "./orders.ts";
import { benchRecovery } from "./recovery.ts";
import { benchSidecar } from "./sidecar.ts";
import { benchSignIn } from "./sign-in.ts";
import { benchSignals } from "./signals.ts";

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  engine: benchEngine,
  audit: benchAudit,
  desk: benchDesk,
  memory: measureMemory,
  "sign-in": benchSignIn,
  orders: benchOrders,
  metrics: benchMetrics,
  "kill-switch": benchKillSwitch,
  notices: benchNotices,
  recovery: benchRecovery,
  "fan-out": () => benchFanOut(),
  bots: benchBots,
  sidecar: benchSidecar,
  signals: benchSignals,
  costs: benchCosts,
};

/** `npm run bench` runs all benches, one after the other; `npm run bench -- desk fan-out` these. */
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in BENCHES));
if (unknown !== undefined) throw new Error(`a bench must be one of ${Object.keys(BENCHES).join(", ")}, was ${unknown}`);
console.log(`Node ${process.version}`);
for (const [name, bench] of Object.entries(BENCHES)) if (asked.length === 0 || asked.includes(name)) await bench();
