import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Streams runs of one and of five years in processes of their own and prints the most memory above idle. */
export async function measureMemory(): Promise<void> {
  console.log("\nMemory above idle of a streamed run of 1 m candles, all checks on (budget 64 MB, flat)");
  for (const years of [1, 5]) {
    const { candles, peakBytes, seconds } = await streamed(years);
    const size = (peakBytes / 2 ** 20).toFixed(1);
    console.log(`  ${years} years, ${candles.toLocaleString("en")} candles: ${size} MB, ${seconds.toFixed(1)} s`);
  }
}

function streamed(years: number): Promise<{ candles: number; peakBytes: number; seconds: number }> {
  const script = fileURLToPath(new URL("memory-run.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", script, String(years)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`the streamed run ended with ${code}`));
    });
  });
}
