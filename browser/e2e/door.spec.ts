// A patient's own way in, on a phone: a link from the front desk, the date of birth, their pages in
// both languages, with scripts off; and the same pages with no accessibility violation.
import { type Browser, type Page, expect, test } from "@playwright/test";
import { signIn } from "./clinic.ts";
import { look } from "./look.ts";

const OWN = ["/my", "/my/visits", "/my/preparation", "/my/wishes", "/my/wishes/touch", "/my/keepsakes", "/my/record", "/my/letters", "/my/readers", "/my/account"];

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "phone", "a patient reads on a phone");
});

/** A new link for Ana, and her date of birth as year, month and day. */
async function link(page: Page): Promise<{ address: string; born: string[] }> {
  await signIn(page, "front-desk");
  await page.goto("/patients");
  await page.getByRole("link", { name: "Send a link to MORENO, Ana" }).click();
  await page.getByRole("button", { name: "Make a link to hand over" }).click();
  const address = await page.getByLabel("The link").inputValue();
  await page.goto(page.url().replace(/\/link$/, "/details"));
  const born = (await page.locator("[name=birth_date]").inputValue()).split("-");
  expect(born).toHaveLength(3);
  return { address, born };
}

async function enter(page: Page, address: string, born: string[], words: { month: string; go: string }): Promise<void> {
  await page.goto(address);
  const [year = "", month = "", day = ""] = born;
  await page.locator("#day").fill(day);
  await page.getByLabel(words.month).fill(month);
  await page.locator("#year").fill(year);
  await page.getByRole("button", { name: words.go }).click();
  await expect(page).toHaveURL(/\/my$/);
}

async function phone(browser: Browser, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: scripts });
  return context.newPage();
}

for (const { language, words, hello, other } of [
  { language: "en", words: { month: "Month", go: "Continue" }, hello: /^Hello Ana/, other: "Español" },
  { language: "es", words: { month: "Mes", go: "Continuar" }, hello: /^Hola Ana/, other: "English" },
]) {
  test(`a link opens a patient's own pages without scripts, in ${language}, once`, async ({ page, browser }) => {
    // Hazard: H45
    const { address, born } = await link(page);
    const own = await phone(browser, false);
    await enter(own, `${address}?language=${language}`, born, words);
    await expect(own.getByRole("heading", { level: 1 })).toHaveText(hello);
    for (const path of OWN) {
      const answer = await own.goto(path);
      expect(answer?.status()).toBe(200);
      expect(Number(answer?.headers()["content-length"] ?? (await answer?.body())?.length)).toBeLessThan(60_000);
      await expect(own.locator("html")).toHaveAttribute("lang", language);
    }
    await own.goto("/my");
    await own.getByRole("button", { name: other }).click();
    await expect(own.locator("html")).not.toHaveAttribute("lang", language);
    const again = await own.goto(address);
    expect(again?.status()).toBe(410);
    await own.context().close();
  });
}

test("a patient's pages have no accessibility violation", async ({ page, browser }) => {
  const { address, born } = await link(page);
  const own = await phone(browser, true);
  await own.goto(address);
  await look(own);
  await enter(own, address, born, { month: "Month", go: "Continue" });
  for (const path of OWN) {
    await own.goto(path);
    await look(own);
  }
  await own.context().close();
});
