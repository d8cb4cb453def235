// The start on one screen, and the patient's signal: a nurse's page and a device by the chair.
import { type Browser, type Page, expect, test } from "@playwright/test";
import { type OwnClinic, ownClinic } from "./own_clinic.ts";
import { sessionIn, signIn } from "./clinic.ts";
import { connectSignal, step, touch } from "./start.ts";
import { look } from "./look.ts";

test.describe.configure({ mode: "serial" });
test.beforeEach(({}, info) => {
  test.skip(info.project.name !== "tablet-dim", "told once, in the dark");
});

let clinic: OwnClinic;
let path = "";
let pad: Page;

test.beforeAll(async ({ browser }: { browser: Browser }, info) => {
  if (info.project.name !== "tablet-dim") return;
  clinic = await ownClinic(31_000 + (process.pid % 1_000) * 3);
  path = `${clinic.base}/sessions/${sessionIn("4", clinic.known)}`;
  const device = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  pad = await device.newPage();
});

test.afterAll(async () => {
  await clinic?.end();
});

test("a visit where everything was prepared is green in twenty seconds, and the taps are counted", async ({ page }) => {
  await signIn(page, "nurse", clinic.known, clinic.base);
  await page.goto(path);
  // What was prepared before the nurse stands at the chair: fasting, today's questions, baseline,
  // and a device that is connected.
  await page.locator('[data-opens="act-fasting"]').click();
  for (const field of ["clear_liquid", "light_meal", "heavy_meal"]) {
    await page.locator(`#act-fasting input[name=${field}][value=none]`).check();
  }
  await page.locator("#act-fasting").getByRole("button", { name: "Save answers" }).click();
  await expect(step(page, "Fasting")).toHaveCount(0);
  await step(page, "Prepared").getByRole("link").click();
  await page.getByRole("button", { name: "All asked, all clear" }).click();
  await expect(step(page, "Prepared")).toHaveCount(0);
  await page.locator('[data-opens="act-vital-signs"]').click();
  const signs = page.locator("#act-vital-signs");
  for (const [label, value] of [["Systolic", "124"], ["Diastolic", "78"], ["Heart rate", "72"], ["Saturation", "98"]] as const) {
    await signs.getByLabel(label).fill(value);
  }
  await signs.getByRole("button", { name: "Save vital signs" }).click();
  await expect(step(page, "Vital signs")).toHaveCount(0);
  const connected = await connectSignal(page, pad.context(), path);
  await pad.close();
  pad = connected;
  await look(page);
  await look(pad);

  let taps = 0;
  await page.exposeFunction("tapped", () => {
    taps += 1;
  });
  await page.evaluate(() => document.addEventListener("click", () => void (window as unknown as { tapped(): void }).tapped(), true));
  const began = Date.now();
  const act = async (title: string, name: string | RegExp, role: "button" | "link" = "button"): Promise<void> => {
    await step(page, title).getByRole(role, { name }).click();
  };
  if ((await step(page, "Identity").count()) > 0) await act("Identity", /^Said name and birth date/);
  await act("Staff", /^I am in the room; /);
  await expect(step(page, "Staff")).toHaveCount(0);
  await act("Sound", "Let this device sound");
  await act("Sound", "I heard it");
  await expect(step(page, "Sound")).toHaveCount(0);
  await act("Patient’s signal", "Ask them to try it");
  await expect(pad.locator("#signal-says")).toHaveText("Please try it: touch once.");
  await touch(pad);
  await act("Patient’s signal", "I saw it arrive: all is well");
  await expect(step(page, "Patient’s signal")).toHaveCount(0);
  await act("Time-out", "Read the time-out aloud", "link");
  await page.locator("#act-time-out").getByRole("button", { name: /vital signs by hand$/ }).click();
  await expect(page.locator("#room-gate")).toContainText("Every requirement is met.");
  const seconds = (Date.now() - began) / 1_000;
  console.log(`the start: ${taps} taps of the nurse, ${seconds.toFixed(1)} s to green`);
  expect(taps).toBeLessThanOrEqual(8);
  expect(seconds).toBeLessThanOrEqual(20);
});

test("three touches are on the nurse's page within a second, and the answer on the device", async ({ page }) => {
  // Hazard: H60
  await signIn(page, "nurse", clinic.known, clinic.base);
  await page.goto(path);
  await expect(page.locator("#room-signal")).toContainText("Connected");
  // The page follows the session from its first beat on.
  await page.waitForTimeout(1_500);
  const seen = page.evaluate(
    () =>
      new Promise<number>((done) => {
        const look = (): void => {
          if (!document.getElementById("room-advisories")?.textContent?.includes("asks for you NOW")) return;
          watcher.disconnect();
          done(performance.timeOrigin + performance.now());
        };
        const watcher = new MutationObserver(look);
        watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
  );
  await pad.evaluate(() => {
    document.getElementById("signal-surface")?.addEventListener("pointerup", () => {
      document.body.dataset["last"] = String(performance.timeOrigin + performance.now());
    });
  });
  await touch(pad, 3);
  const shown = await seen;
  const touched = Number(await pad.evaluate(() => document.body.dataset["last"]));
  console.log(`third touch to the nurse's page: ${Math.round(shown - touched)} ms`);
  expect(shown - touched).toBeLessThan(1_000);
  await look(page);
  await expect(pad.locator("#signal-says")).toHaveText("Sent: now.");
  await page.locator(".notice", { hasText: "asks for you NOW" }).getByRole("button", { name: "Acknowledge" }).click();
  await expect(pad.locator("#signal-says")).toHaveText("They have seen it.");
});

test("one touch, two touches and a held touch mean what they should", async ({ page }) => {
  await signIn(page, "nurse", clinic.known, clinic.base);
  await page.goto(path);
  await touch(pad);
  await expect(pad.locator("#signal-says")).toHaveText("Sent: all is well.");
  await touch(pad, 2);
  await expect(pad.locator("#signal-says")).toHaveText("Sent: come quietly.");
  await pad.locator("#signal-surface").click({ delay: 1_400 });
  await expect(page.locator("#room-entries .entry", { hasText: "come quietly" })).toHaveCount(2);
  await pad.locator("#signal-surface").click({ delay: 3_300 });
  await expect(pad.locator("#signal-says")).toHaveText("Sent: now.");
  // A key of a switch says the same.
  await pad.locator("#signal-surface").press("Space", { delay: 60 });
  await expect(pad.locator("#signal-says")).toHaveText("Sent: all is well.");
});

test("a held touch is as long as it was, although the page was blocked meanwhile", async () => {
  // Hazard: H60
  await pad.evaluate(() => {
    const surface = document.getElementById("signal-surface");
    surface?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, cancelable: true }));
    const until = performance.now() + 1_400;
    while (performance.now() < until);
    surface?.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
  });
  await expect(pad.locator("#signal-says")).toHaveText("Sent: come quietly.");
});

test("a device that is cut off says so itself, and is announced in the room and on the board", async ({ page }) => {
  // Hazard: H60
  await signIn(page, "nurse", clinic.known, clinic.base);
  await page.goto(path);
  const well = page.locator("#room-entries .entry", { hasText: "all is well" });
  await expect(well).not.toHaveCount(0);
  const before = await well.count();
  await pad.context().setOffline(true);
  await expect(pad.locator("#signal-says")).toHaveText("No connection. Call out loud.", { timeout: 12_000 });
  await touch(pad);
  await expect(pad.locator("#signal-says")).toHaveText("Not sent yet. Call out loud.");
  await expect(page.locator("#room-advisories")).toContainText("signal is not heard", { timeout: 15_000 });
  await page.goto(`${clinic.base}/board`);
  await expect(page.locator("main")).toContainText("signal is not heard");
  await pad.context().setOffline(false);
  // What was touched while it was cut off arrives, once.
  await expect(pad.locator("#signal-says")).toHaveText("Sent: all is well.", { timeout: 12_000 });
  await page.goto(path);
  await expect(page.locator("#room-advisories")).not.toContainText("signal is not heard");
  await expect(well).toHaveCount(before + 1);
});
