// Somebody new at the clinic: registered by the front desk, let in on a phone by a link.
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

/** The words of the buttons in the language of the page. */
export interface Words {
  save: string;
  none: string;
  unsure: string;
}

/** Adds the next of these to a list whose page is open; when they are there, says that this is all. */
async function list(own: Page, names: string[], fill: () => Promise<unknown>): Promise<void> {
  const name = names[await own.locator(".history-listed li").count()];
  if (name === undefined) return await own.locator("[name=act][value=done]").click();
  await own.locator("#name").fill(name);
  await fill();
  await own.locator("[name=act][value=add]").click();
}

/** Answers the page of the history that is open, as an ordinary person does, and goes on. */
export async function answer(own: Page, words: Words, takes?: { medicine: string; how: string }): Promise<void> {
  const id = new URL(own.url()).pathname.split("/").pop() ?? "";
  const save = own.getByRole("button", { name: words.save, exact: true });
  switch (id) {
    case "contacts":
      await own.locator("#email").fill("wanda@example.org");
      await own.locator("[name=channel][value=email]").check();
      await own.locator("#escort_name").fill("Sam Lee");
      await own.locator("#escort_phone").fill("01 555 0142");
      return await save.click();
    case "body":
      await own.locator("#centimetres").fill("160");
      await own.locator("#kilograms").fill("62");
      return await save.click();
    case "heart-attack-or-stroke":
    case "alcohol":
    case "cannabis":
    case "drugs":
      await own.locator("[name=when][value=never]").check();
      return await save.click();
    case "allergies":
      return await list(own, ["Penicillin"], () => own.locator("#reaction").selectOption("allergy"));
    case "medicines":
      if (!takes) return await own.locator("[name=act][value=none]").click();
      return await list(own, [takes.medicine], () => own.locator("#how").fill(takes.how));
    case "antidepressants":
      if (!takes) return await own.locator("[name=act][value=none]").click();
      // Two in this episode, neither of which helped: what the indication asks for.
      return await list(own, [takes.medicine, "Venlafaxine"], async () => {
        await own.locator("#dose").fill("100 mg");
        await own.locator("#weeks").fill("10");
        for (const field of ["taken", "now"]) await own.locator(`#${field}`).selectOption("yes");
        await own.locator("#outcome").selectOption("below-25");
      });
    case "operations":
      await own.locator("[name=any][value=none]").check();
      return await save.click();
    case "phq-9":
    case "gad-7":
    case "audit-c":
      if (takes) await own.locator("[name=answer]").first().check();
      else await own.getByLabel(words.unsure).check();
      return await save.click();
    default:
      return await own.getByRole("button", { name: words.none }).click();
  }
}

