// Runs the built server's demo and looks at its pages in Chromium, day and dim, on three widths.
//
// EVENKEEL_BINARY  the server to run (default: the debug build, which `cargo xtask test` has made)
// EVENKEEL_URL     a server that is already running; then none is started
// CHROMIUM         the browser (default: Debian's)
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defineConfig } from "@playwright/test";

// Ports of this run alone, so that two runs on one machine do not meet; workers inherit them.
process.env["EVENKEEL_PORT"] ??= String(20_000 + (process.pid % 5_000));
process.env["EVENKEEL_MLLP_PORT"] ??= String(25_000 + (process.pid % 5_000));
const port = Number(process.env["EVENKEEL_PORT"]);
const mllpPort = Number(process.env["EVENKEEL_MLLP_PORT"]);
const running = process.env["EVENKEEL_URL"];
const binary = resolve(process.env["EVENKEEL_BINARY"] ?? join(import.meta.dirname, "../target/debug/evenkeel"));

// The demo clinic stands where it is half past nine or so in the morning, whenever this runs: visits
// "today" are then truly today. Browsers keep the same clock. (Etc/GMT-5 is five hours *ahead*.)
process.env["EVENKEEL_ZONE"] ??= zoneOfTheMorning(new Date().getUTCHours());
const zone = process.env["EVENKEEL_ZONE"];

function zoneOfTheMorning(hourUtc: number): string {
  const ahead = 9 - hourUtc < -12 ? 33 - hourUtc : 9 - hourUtc;
  return ahead === 0 ? "Etc/GMT" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

// This file is read again by every worker: the folder is made once and handed on by name.
process.env["EVENKEEL_DATA_DIR"] ??= mkdtempSync(join(tmpdir(), "evenkeel-e2e-"));
const dataDir = process.env["EVENKEEL_DATA_DIR"];

const tablet = { viewport: { width: 1180, height: 820 }, hasTouch: true };
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // One worker: the machine that tests has two cores, and the demo clinic is shared by the tests.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"]],
  use: {
    baseURL: running ?? `http://127.0.0.1:${port}`,
    locale: "en-GB",
    timezoneId: zone,
    // The root user, which continuous integration often is, cannot use Chromium's own sandbox.
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
    // A machine that builds beside the tests is slow; what never comes still fails.
    actionTimeout: 30_000,
    screenshot: "only-on-failure",
    // A trace is for whoever can open it; keeping one makes each page much slower.
    trace: process.env["CI"] === undefined ? "retain-on-failure" : "off",
  },
  // Each width in the theme it is mostly used in; `pages.spec.ts` looks at every page in the other
  // theme too. The tests read `theme` and `layout` from the project's metadata.
  projects: [
    { name: "tablet-dim", metadata: { theme: "dim", layout: "tablet" }, use: tablet },
    { name: "desk-day", metadata: { theme: "day", layout: "desk" }, use: desk },
    { name: "phone-day", metadata: { theme: "day", layout: "phone" }, use: phone },
  ],
  ...(running === undefined
    ? {
        webServer: {
          command: `${binary} demo --port ${port} --mllp-port ${mllpPort} --data-dir ${dataDir} --seed 7 --zone ${zone}`,
          url: `http://127.0.0.1:${port}/`,
          timeout: 60_000,
          reuseExistingServer: false,
          gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
          stdout: "ignore",
          stderr: "pipe",
        },
      }
    : {}),
});
