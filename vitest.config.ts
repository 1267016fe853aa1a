// The test runner of all of test/. Real processes, sockets and WASM on a small machine: files run side by side, two at a time.
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Those want 3 GB of n8n: `make test-n8n` alone runs them, and fails where it cannot.
    exclude: [...configDefaults.exclude, ...(process.env["AISRE_TEST_N8N"] === "1" ? [] : ["test/n8n/**"])],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary"] },
  },
});
