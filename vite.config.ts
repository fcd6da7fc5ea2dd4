import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { advisorPlugin } from "./ops/advisor/advisor-file.ts";

/** Where `vite` finds the Worker while pages are worked on with hot reload. */
const WORKER_URL = process.env.APEXTRADE_URL ?? "http://localhost:8787";

export default defineConfig({
  root: fileURLToPath(new URL("./web", import.meta.url)),
  plugins: [react(), tailwindcss(), advisorPlugin(fileURLToPath(new URL(".", import.meta.url)))],
  build: {
    outDir: fileURLToPath(new URL("./web/dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    // The content security policy refuses scripts and styles that are not files of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What most pages share comes in three files: by itself each icon and each helper was one, and a page some eighty requests.
        codeSplitting: {
          groups: [
            { name: "icons", test: /lucide-react/ },
            { name: "shared", test: /[\\/]web[\\/](?:ui|api|format|app|session)[\\/]/, minShareCount: 3 },
            { name: "wire", test: /[\\/]schema[\\/]/, minShareCount: 3 },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    // The pages have folders of such names too (`web/api`), which are theirs to serve.
    proxy: {
      "^/api/(?:v1|auth)/": { target: WORKER_URL, ws: true },
      "^/(?:dev|docs|health|hooks|metrics|sidecar)(?:[/.?]|$)": { target: WORKER_URL },
    },
  },
});
