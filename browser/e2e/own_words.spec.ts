// What a person wishes, keeps and shares, on the phone in both languages without scripts; and a
// therapist's private notes. No accessibility violation, nothing wider than the screen.
import { expect, test } from "@playwright/test";
import { credentials, sessionIn, signIn } from "./clinic.ts";
import { enter, somebody } from "./patient.ts";
import { look } from "./look.ts";

for (const [language, says] of [
  ["en", "All your wishes"],
  ["es", "Todos sus deseos"],
] as const) {
  test(`wishes are said on the phone in ${language}, without scripts`, async ({ page, browser }, info) => {
    test.skip(info.project.name !== "phone-day", "a patient's phone; a person is registered once");
    const who = { family: `WISH${language}${info.project.name.replaceAll("-", "")}`.toUpperCase(), born: language === "en" ? "1971-02-03" : "1972-04-05" };
    const { link } = await somebody(page, who);
    const own = await enter(browser, link, who, language, false);
    await own.goto("/my/wishes");
    await own.goto("/my/wishes/intention");
    await own.locator("textarea").fill("dormir");
    await own.locator("form.question button[type=submit]").click();
    await expect(own).toHaveURL(/\/my\/wishes\/touch$/);
    await expect(own.getByRole("link", { name: says })).toBeVisible();
    await own.locator("[value=no-touch]").check();
    await own.locator("form.question button[type=submit]").click();
    await own.goto("/my/wishes");
    await expect(own.locator(".question-list")).toContainText("dormir");
    await own.goto("/my/keepsakes");
    await expect(own.locator("h1")).toBeVisible();
    await own.close();
  });
}

test("the pages of wishes and of what is shared have no accessibility violation", async ({ page }) => {
  await signIn(page, "therapist");
  await page.goto(`/sessions/${sessionIn("3")}`);
  await page.getByRole("link", { name: "All wishes" }).click();
  await expect(page).toHaveTitle(/Wishes/);
  await look(page);
  await page.getByRole("link", { name: "Shared" }).click();
  await expect(page).toHaveTitle(/Shared/);
  await look(page);
});

test("a private note is sealed and read again by its author", async ({ page }) => {
  // Hazard: H45
  await signIn(page, "therapist");
  await page.goto(`/private-notes?session=${sessionIn("3")}`);
  await look(page);
  const password = credentials().users.find((one) => one.role === "therapist")?.password ?? "";
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByLabel("In your words").fill("She came back to the lake twice.");
  await page.getByRole("button", { name: "Seal and keep" }).click();
  await expect(page.locator(".private-note").first()).toContainText("back to the lake");
  await look(page);
});
