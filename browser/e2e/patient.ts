// Somebody new at the clinic: registered by the front desk, let in on a phone by a link.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type Page, expect } from "@playwright/test";
import { signIn } from "./clinic.ts";

/** Each is born on a day of their own: nobody is taken for somebody else. */
export interface Who {
  family: string;
  born: string;
}

/** Somebody new, registered by the front desk: the address of their record, and a link for them. */
export async function somebody(page: Page, { family, born }: Who, number = `C-${family}`): Promise<{ record: string; link: string }> {
  await signIn(page, "front-desk");
  await page.goto("/patients/new");
  await page.locator("[name=family_name]").fill(family);
  await page.locator("[name=given_name]").fill("Wanda");
  await page.locator("[name=birth_date]").fill(born);
  await page.locator("[name=record_number]").fill(number);
  // Nobody's sex and language are chosen for them.
  await expect(page.locator("[name=sex]")).toHaveValue("");
  await page.locator("[name=sex]").selectOption("female");
  await page.locator("[name=language]").selectOption("en");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/patients\/[0-9a-f-]{36}/);
  const record = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
  await page.goto(`${record}/link`);
  await page.getByRole("button", { name: "Make a link to hand over" }).click();
  return { record, link: await page.getByLabel("The link").inputValue() };
}

/** A phone on which they are let in. */
export async function enter(browser: Browser, link: string, { born }: Who, language: string, scripts: boolean): Promise<Page> {
  const [year = "", month = "", day = ""] = born.split("-");
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: scripts });
  const own = await context.newPage();
  await own.goto(`${link}?language=${language}`);
  await own.locator("#day").fill(day);
  await own.locator("#month").fill(month);
  await own.locator("#year").fill(year);
  await own.locator("form.question button[type=submit]").click();
  await expect(own).toHaveURL(/\/my$/);
  return own;
}

/** No violation that axe finds, and nothing wider than the screen. */
export async function clean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, "nothing is wider than the screen").toBeLessThanOrEqual(0);
}
