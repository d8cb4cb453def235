// A history told on a phone of 390 × 844 in both languages: one page at a time with scripts off,
// gone on with on a second device, checked and handed in. Every page again with axe.
import { expect, test } from "@playwright/test";
import { signIn } from "./clinic.ts";
import { answer, enter, somebody } from "./patient.ts";
import { look } from "./look.ts";

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "phone", "a patient answers on a phone");
});

for (const { language, who, words } of [
  {
    language: "en",
    who: { family: "Hartley", born: "1982-06-09" },
    words: { save: "Save and continue", none: "No to all that is left", unsure: "I’m not sure", hand_in: "Hand in my answers", handed: "You have handed in your answers.", pounds: "That looks like pounds" },
  },
  {
    language: "es",
    who: { family: "Quintero", born: "1975-12-01" },
    words: { save: "Guardar y seguir", none: "No a todo lo que falta", unsure: "No tengo certeza", hand_in: "Entregar mis respuestas", handed: "Ya entregó sus respuestas.", pounds: "Parece que son libras" },
  },
]) {
  test(`a history is told without scripts, gone on with elsewhere and handed in, in ${language}`, async ({ page, browser }) => {
    test.setTimeout(240_000);
    const { record, link } = await somebody(page, who, `H-${language}`);
    const own = await enter(browser, link, who, language, false);
    const first = await own.goto("/my/history");
    expect((await first?.body())?.length ?? 0, "within 60 KB").toBeLessThan(60_000);
    await expect(own.locator("html")).toHaveAttribute("lang", language);
    await own.locator("a.button.primary").click();

    // A weight in pounds typed as kilograms is asked back, and what was typed is kept.
    await own.goto("/my/history/body");
    await own.locator("#centimetres").fill("160");
    await own.locator("#kilograms").fill("150");
    await own.getByRole("button", { name: words.save, exact: true }).click();
    await expect(own.getByRole("alert")).toContainText(words.pounds);
    await expect(own.locator("#kilograms")).toHaveValue("150");

    await own.goto("/my/history");
    await own.locator("a.button.primary").click();
    const asked: string[] = [];
    while (!own.url().endsWith("/my/history/check")) {
      expect(asked.length, "it ends").toBeLessThan(80);
      await expect(own.locator("html")).toHaveAttribute("lang", language);
      asked.push(new URL(own.url()).pathname);
      await answer(own, words);
      // Another device goes on where the first one stopped.
      if (asked.length === 6) {
        await signIn(page, "front-desk");
        await page.goto(`${record}/link`);
        await page.getByRole("button", { name: "Make a link to hand over" }).click();
        const other = await enter(browser, await page.getByLabel("The link").inputValue(), who, language, false);
        await other.goto("/my/history");
        const there = await other.locator("a.button.primary").getAttribute("href");
        expect(there?.split("?")[0], "the same page").toBe(new URL(own.url()).pathname);
        await other.context().close();
      }
    }
    await expect(own.getByText("160 cm")).toBeVisible();
    await expect(own.getByText("Penicillin")).toBeVisible();
    await own.getByRole("button", { name: words.hand_in }).click();
    await expect(own.getByRole("status")).toContainText(words.handed);
    await own.context().close();

    // What was told is the record's: the clinicians' page names it, and who they are says it.
    await signIn(page, "prescriber");
    await page.goto(`${record}/review`);
    await expect(page.locator(".identity")).toContainText("Penicillin");

    // The same pages with scripts on have no violation that axe finds.
    await signIn(page, "front-desk");
    await page.goto(`${record}/link`);
    await page.getByRole("button", { name: "Make a link to hand over" }).click();
    const seen = await enter(browser, await page.getByLabel("The link").inputValue(), who, language, true);
    for (const path of ["/my", "/my/history", ...new Set(asked), "/my/history/check", "/my/history/help"]) {
      await seen.goto(path);
      await expect(seen.locator("html")).toHaveAttribute("lang", language);
      await look(seen);
    }
    await seen.context().close();
  });
}
