// The live room: what moves moves, what has stopped never looks live, and what was not saved is
// not called saved.
import { type Page, expect, test } from "@playwright/test";
import { sessionIn, signIn } from "./clinic.ts";
import { type OwnClinic, ownClinic } from "./own_clinic.ts";

test.describe.configure({ mode: "serial" });
test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "tablet", "the room is a tablet's page");
});

let clinic: OwnClinic;
test.beforeAll(async ({}, info) => {
  if (info.project.metadata["layout"] !== "tablet") return;
  clinic = await ownClinic(Number(process.env["EVENKEEL_PORT"] ?? 18080) + 40);
  const device = clinic.known.rooms.find((one) => one.room === "1")?.device_id ?? "";
  // The probe falls off after forty seconds, for the rest of the test.
  clinic.monitor(["--profile", "philips-like", "--device-key", device, "--trouble", "cable-off@00:40+10:00"]);
  const fourth = clinic.known.rooms.find((one) => one.room === "4")?.device_id ?? "";
  clinic.monitor(["--profile", "low-cost", "--device-key", fourth, "--trouble", "demo-mode@00:00+20:00"]);
});
test.afterAll(async () => {
  await clinic?.end();
});

async function enter(page: Page, room: string, role = "nurse"): Promise<void> {
  await signIn(page, role, clinic.known, clinic.base);
  await page.goto(`${clinic.base}/sessions/${sessionIn(room, clinic.known)}`);
}

const tile = (page: Page, sign: string) => page.locator(`[data-sign="${sign}"]`);

test("a tile follows the monitor", async ({ page }) => {
  await enter(page, "1");
  const pulse = tile(page, "heart-rate");
  await expect(pulse).toHaveAttribute("data-state", /live|not-assessed/, { timeout: 20_000 });
  const first = Number(await pulse.getAttribute("data-at"));
  await expect.poll(async () => Number(await pulse.getAttribute("data-at")), { timeout: 5_000 }).toBeGreaterThan(first);
  await expect(page.locator("#no-contact")).toBeHidden();
});

test("when the server falls silent the page says so by itself within ten seconds and nothing looks live", async ({
  page,
}) => {
  // Hazard: H03
  await enter(page, "1");
  const pulse = tile(page, "heart-rate");
  await expect(pulse).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  clinic.cut();
  const cutAt = Date.now();
  try {
    await expect(page.locator("#no-contact")).toBeVisible({ timeout: 10_000 });
    await expect(page.locator("#no-contact")).toContainText(/No contact with Evenkeel since \d\d:\d\d:\d\d/);
    await expect(page.locator('[data-state="live"]')).toHaveCount(0, { timeout: 2_000 });
    expect(Date.now() - cutAt).toBeLessThan(10_000);

    // What is charted meanwhile is called saved on the tablet alone, and is saved once when contact is back.
    await page.locator('[data-opens="act-note"]').click();
    await page.locator("#act-note").getByLabel("What was seen or said").fill("written without contact");
    await page.locator("#act-note").getByRole("button", { name: "Save note" }).click();
    await expect(page.locator("#answer")).toContainText("On this tablet: saved. On the server: not yet.", {
      timeout: 12_000,
    });
  } finally {
    clinic.mend();
  }
  await expect(page.locator("#answer")).toContainText("Saved", { timeout: 25_000 });
  await expect(page.locator("#no-contact")).toBeHidden({ timeout: 15_000 });
  await page.reload();
  await expect(page.locator(".entry", { hasText: "written without contact" })).toHaveCount(1);
});

test("a probe that is off shows as invalid and never as a number that is live", async ({ page }) => {
  // Hazard: H03
  await enter(page, "1");
  const saturation = tile(page, "oxygen-saturation");
  await expect(saturation).toHaveAttribute("data-state", /invalid|stale/, { timeout: 45_000 });
  await expect(saturation.locator(".tile-text")).toHaveText("--", { timeout: 15_000 });
  await expect(saturation.locator(".tile-says")).not.toHaveText("live");
});

test("a monitor in demo mode is said to be simulated, and nobody can start on it", async ({ page }) => {
  // Hazard: H04
  await enter(page, "4");
  await expect(page.locator("#ribbon")).toBeVisible({ timeout: 20_000 });
  await expect(page.locator("#feed-says")).toContainText("demo or test mode");
  await page.locator('[data-opens="act-time-out"]').click();
  const timeOut = page.locator("#act-time-out");
  await timeOut.getByRole("button", { name: /vital signs from the monitor$/ }).click();
  await expect(page.locator("#answer")).toContainText("Saved");
  await expect(page.locator("#room-gate")).toContainText("demo");
  await expect(page.locator("#start-closed")).toBeVisible();
});

test("a set of vital signs is charted in six taps", async ({ page }) => {
  await enter(page, "1");
  let taps = 0;
  await page.exposeFunction("tapped", () => (taps += 1));
  await page.evaluate(() =>
    document.addEventListener("click", () => (globalThis as unknown as { tapped(): void }).tapped(), true),
  );
  await page.locator('[data-opens="act-vital-signs"]').tap();
  const panel = page.locator("#act-vital-signs");
  // The first field is ready for typing: no tap for it.
  await expect(panel.getByLabel("Systolic")).toBeFocused();
  await page.keyboard.type("126");
  for (const [label, value] of [["Diastolic", "79"], ["Heart rate", "74"], ["Saturation", "97"], ["Breathing", "15"]] as const) {
    await panel.getByLabel(label).tap();
    await page.keyboard.type(value);
  }
  // The keypad's own key for "next" goes on and saves: the sixth tap is the button.
  await panel.getByRole("button", { name: "Save vital signs" }).tap();
  await expect(page.locator("#answer")).toContainText("Saved");
  await expect(page.locator("#room-entries")).toContainText("126/79");
  expect(taps).toBeLessThanOrEqual(6);
});

test("two tablets of one session show the same record, and a third of another session shows none of it", async ({
  browser,
  page,
}) => {
  // Hazard: H01
  await enter(page, "1");
  const other = await (await browser.newContext()).newPage();
  await enter(other, "1");
  const elsewhere = await (await browser.newContext()).newPage();
  await enter(elsewhere, "2");
  await page.locator('[data-opens="act-note"]').click();
  await page.locator("#act-note").getByLabel("What was seen or said").fill("seen by two");
  await page.locator("#act-note").getByRole("button", { name: "Save note" }).click();
  await expect(other.locator("#room-entries")).toContainText("seen by two", { timeout: 5_000 });
  await expect(other.locator(".entry", { hasText: "seen by two" })).toHaveCount(1);
  await elsewhere.waitForTimeout(1_500);
  await expect(elsewhere.locator("#room-entries")).not.toContainText("seen by two");
  await other.context().close();
  await elsewhere.context().close();
});
