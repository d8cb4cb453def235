// What stands between a person and the first drug, done as staff do it on the room's page.
import { type BrowserContext, type Locator, type Page, expect } from "@playwright/test";
import { credentials } from "./clinic.ts";

export function step(page: Page, title: string): Locator {
  return page.locator(`.step[data-step="${title}"]`);
}

/** A step is done when it is no longer among those that are open. */
async function gone(page: Page, title: string): Promise<void> {
  await expect(step(page, title)).toHaveCount(0);
}

/** Connects a device of its own to the session that the page shows; gives the device's page. */
export async function connectSignal(page: Page, device: BrowserContext, path: string): Promise<Page> {
  await page.goto(`${path}/signal`);
  const code = await page.locator(".signal-digits-shown").innerText();
  const pad = await device.newPage();
  await pad.goto(`${new URL(page.url()).origin}/signal?code=${code.replace(/\D/g, "")}`);
  await pad.getByRole("button", { name: "Connect this device" }).click();
  await expect(pad.locator("#signal-surface")).toBeVisible();
  await page.goto(path);
  return pad;
}

/** The person touches the device once. */
export async function touch(pad: Page, times = 1): Promise<void> {
  if (times === 1) return pad.locator("#signal-surface").click({ delay: 60 });
  // In the page itself: a machine that builds beside the tests would draw them too far apart.
  await pad.evaluate(async (count) => {
    const surface = document.getElementById("signal-surface");
    const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));
    for (let index = 0; index < count; index += 1) {
      surface?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, cancelable: true }));
      await wait(60);
      surface?.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
      await wait(100);
    }
  }, times);
}

/** The order is drawn from the first vial that fits, and a second person checks it. */
export async function drawAndCheck(page: Page, path: string): Promise<void> {
  await page.goto(`${path}/drug`);
  const vial = page.locator("ul.requirements li").first();
  const mark = await vial.locator("strong").innerText();
  const offered = await vial.innerText();
  const volume = /([\d.]+)\s*mL to draw/.exec(offered)?.[1] ?? "";
  await page.getByLabel("Scan the container").fill(mark);
  await page.getByLabel("How much, in mL").fill(volume);
  await page.getByRole("button", { name: "Draw up" }).click();
  await page.getByRole("link", { name: "Second person: check it" }).click();
  const strength = /ketamine (\d+)\s*mg\/mL:/.exec(offered)?.[1] ?? "";
  await page.getByLabel("Strength on the container").selectOption(strength);
  await page.getByLabel("In the syringe, in mL").fill(volume);
  const other = credentials().users.find((one) => one.role === "prescriber");
  await page.getByLabel("Second person: sign-in name").fill(other?.username ?? "");
  await page.getByLabel("Second person: password").fill(other?.password ?? "");
  await page.getByRole("button", { name: "I have checked it" }).click();
  await expect(page.locator(".syringe")).toContainText("without seeing the first entry");
}

/** Who is here, the sound, today's questions where nobody prepared, and the equipment. */
export async function readyTheRoom(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("#room-gate .start")).toBeVisible();
  if ((await step(page, "Equipment").count()) > 0) {
    await step(page, "Equipment").getByRole("link", { name: "Look at the equipment" }).click();
    for (const line of await page.locator("input[name=there]").all()) await line.check();
    await page.getByLabel("First last day").fill("2099-12-31");
    await page.getByRole("button", { name: "Save" }).click();
    await gone(page, "Equipment");
  }
  if ((await step(page, "Prepared").count()) > 0) {
    await step(page, "Prepared").getByRole("link", { name: "Ask today’s questions" }).click();
    await page.getByRole("button", { name: "All asked, all clear" }).click();
    await gone(page, "Prepared");
  }
  await sayWhoIsHere(page);
  await step(page, "Sound").getByRole("button", { name: "Let this device sound" }).click();
  await step(page, "Sound").getByRole("button", { name: "I heard it" }).click();
  await gone(page, "Sound");
}

/** The nurse is in the room and a prescriber in the house, whoever wrote the order. */
async function sayWhoIsHere(page: Page): Promise<void> {
  const one = step(page, "Staff").getByRole("button", { name: /^I am in the room; / });
  if ((await one.count()) > 0) await one.click();
  else {
    await step(page, "Staff").getByRole("link", { name: /^(Others|Who is here)$/ }).click();
    await page.locator("#act-staff input[name=in_room][value^='nurse: ']").first().check();
    await page.locator("#act-staff input[name=in_house][value^='prescriber: ']").first().check();
    await page.locator("#act-staff").getByRole("button", { name: "Save" }).click();
  }
  await gone(page, "Staff");
}

/** The person tries the signal, and staff see it arrive. */
export async function trySignal(page: Page, pad: Page): Promise<void> {
  await step(page, "Patient’s signal").getByRole("button", { name: "Ask them to try it" }).click();
  await expect(pad.locator("#signal-says")).toHaveText("Please try it: touch once.");
  await touch(pad);
  await step(page, "Patient’s signal").getByRole("button", { name: "I saw it arrive: all is well" }).click();
  await gone(page, "Patient’s signal");
}

/** The time-out, read aloud; vital signs arrive by hand. */
export async function timeOutByHand(page: Page): Promise<void> {
  await step(page, "Time-out").getByRole("link", { name: "Read the time-out aloud" }).click();
  await page.locator("#act-time-out").getByRole("button", { name: /vital signs by hand$/ }).click();
  await gone(page, "Time-out");
}
