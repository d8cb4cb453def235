// A warning sign from a phone without scripts, in both languages, until a nurse has it in hand.
import { expect, test } from "@playwright/test";
import { signIn } from "./clinic.ts";
import { look } from "./look.ts";
import { enter, somebody } from "./patient.ts";

for (const [language, born, family, ask, now, read] of [
  ["en", "1981-02-03", "FELLER", "How are you?", "Call your emergency number now", "has it in hand"],
  ["es", "1981-02-04", "FALLA", "¿Cómo está?", "Llame ahora a su número de emergencia", "se ocupa"],
] as const) {
  test(`${language}: a warning sign on a phone without scripts reaches the list, and the phone says who has it in hand`, async ({ page, browser }, info) => {
    test.skip(info.project.name !== "phone-day", "a patient's phone; a person is registered once");
    const who = { family, born };
    const { record, link } = await somebody(page, who);
    const own = await enter(browser, link, who, language, false);
    await own.goto("/my/follow-up");
    await expect(own.getByRole("heading", { level: 1 })).toHaveText(ask);
    await own.locator("[name=mood][value=worse]").check();
    await own.locator("[name=effect][value=nausea]").check();
    await own.locator("[name=sign][value=seizure]").check();
    await own.locator(".send-bar button").click();
    await expect(own.getByRole("heading", { level: 1 })).toHaveText(now);
    await expect(own.locator("main")).toContainText("112");
    await own.goto("/my/follow-up/effects");
    await own.locator("[name=severity-nausea][value=moderate]").check();
    await own.locator("[name=lasted-nausea][value=hours]").check();
    await own.locator("form.question button[type=submit]").click();
    await expect(own).toHaveURL(/thanks/);

    await signIn(page, "nurse");
    await page.goto("/follow-up");
    const line = page.locator(".follow-list .escalating", { hasText: family });
    await expect(line).toContainText("Seizure");
    await look(page);
    await line.getByRole("button", { name: /I have it in hand/ }).click();
    await expect(page).toHaveURL(new RegExp(`${record}/follow-up`));
    await look(page);
    await page.getByLabel("What was done").fill("Ambulance called.");

    await own.goto("/my/follow-up/now");
    await expect(own.locator("main")).toContainText(read);
    await page.getByRole("button", { name: "It is dealt with" }).click();
    await expect(page.locator("main")).toContainText("Ambulance called.");
  });
}

test("the pages after a session have no accessibility violation", async ({ page }) => {
  await signIn(page, "medical-director");
  for (const path of ["/follow-up", "/follow-up/duty", "/surveillance"]) {
    await page.goto(path);
    await look(page);
  }
  await signIn(page, "patient");
  for (const path of ["/my/follow-up", "/my/follow-up/thanks", "/my/going-home"]) {
    await page.goto(path);
    await look(page);
  }
});
