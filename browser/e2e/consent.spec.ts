// Consent on a phone with scripts off, in both languages: read, asked about, signed, taken back;
// then the prescriber's signature at the desk. The same pages have no accessibility violation.
import { expect, test } from "@playwright/test";
import { signIn } from "./clinic.ts";
import { enter, somebody } from "./patient.ts";
import { look } from "./look.ts";

const TEXT = "/my/consent/racemic-ketamine";

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "phone", "a patient reads on a phone");
});

for (const { language, who, words } of [
  {
    language: "en",
    who: { family: "Brookfield", born: "1984-05-17" },
    words: {
      ask: /^Ask about this part/, question: "Your question", send: "Send my question", waits: "Somebody from the clinic will answer you",
      agree: "I have read this text, and I agree to this treatment.", asked: "I could ask my questions.", name: "Your full name",
      sign: "Sign", missing: "tick the box", copy: "What you signed: Ketamine", back: "Take my consent back",
      sure: "Yes, take it back now", gone: "You took your consent back.",
    },
  },
  {
    language: "es",
    who: { family: "Arroyo", born: "1971-02-28" },
    words: {
      ask: /^Preguntar sobre esta parte/, question: "Su pregunta", send: "Enviar mi pregunta", waits: "Alguien de la clínica le contestará",
      agree: "He leído este texto y acepto este tratamiento.", asked: "Pude hacer mis preguntas.", name: "Su nombre completo",
      sign: "Firmar", missing: "marque la casilla", copy: "Lo que usted firmó: Ketamina", back: "Retirar mi consentimiento",
      sure: "Sí, retirarlo ahora", gone: "Usted retiró su consentimiento.",
    },
  },
]) {
  test(`a consent is read, asked about, signed and taken back without scripts, in ${language}`, async ({ page, browser }) => {
    // Hazard: H25
    const { record, link } = await somebody(page, who);
    const own = await enter(browser, link, who, language, false);
    const first = await own.goto(TEXT);
    expect((await first?.body())?.length ?? 0, "within 60 KB").toBeLessThan(60_000);
    await expect(own.locator("html")).toHaveAttribute("lang", language);
    // Without scripts there is no voice, and no button that does nothing.
    await expect(own.locator("[data-listen]")).toBeHidden();
    await own.getByText(words.ask).first().click();
    await own.getByLabel(words.question).first().fill("Coffee?");
    await own.getByRole("button", { name: words.send }).first().click();
    await expect(own.locator("#questions")).toContainText(words.waits);
    // What was forgotten is said, and what was typed is kept.
    await own.getByLabel(words.name).fill(`Wanda ${who.family}`);
    await own.getByRole("button", { name: words.sign, exact: true }).click();
    await expect(own.getByRole("alert")).toContainText(words.missing);
    await expect(own.getByLabel(words.name)).toHaveValue(`Wanda ${who.family}`);
    await own.getByLabel(words.agree).check();
    await own.getByLabel(words.asked).check();
    await own.getByRole("button", { name: words.sign, exact: true }).click();
    await expect(own.getByRole("heading", { level: 1 })).toHaveText(words.copy);
    await expect(own.locator(".consent-signed")).toContainText(`Wanda ${who.family}`);
    await expect(own.locator(".consent-digest")).toHaveText(/^[0-9a-f]{64}$/);

    await signIn(page, "prescriber");
    await page.goto(`${record}/consent`);
    await page.getByLabel("Your answer").fill("Black, until two hours before.");
    await page.getByRole("button", { name: "Answer" }).click();
    await expect(page.getByText("The clinician who explained it has not signed.")).toBeVisible();
    await look(page);

    await own.goto("/my/consent");
    await own.getByText(words.back).click();
    await own.getByRole("button", { name: words.sure }).click();
    await expect(own.locator(".consent-says").first()).toContainText(words.gone);
    await page.reload();
    await expect(page.getByText("The patient took the consent back.")).toBeVisible();
    await own.context().close();
  });
}

test("the pages of a consent have no accessibility violation", async ({ page, browser }) => {
  const who = { family: "Calder", born: "1990-11-03" };
  const { record, link } = await somebody(page, who);
  const own = await enter(browser, link, who, "en", true);
  await own.goto(TEXT);
  await look(own);
  await own.getByLabel("I have read this text, and I agree to this treatment.").check();
  await own.getByLabel("I could ask my questions.").check();
  await own.getByLabel("Your full name").fill("Wanda Calder");
  await own.getByRole("button", { name: "Sign", exact: true }).click();
  await look(own);
  for (const path of ["/my/consent", "/my"]) {
    await own.goto(path);
    await look(own);
  }
  await signIn(page, "prescriber");
  for (const path of [`${record}/consent`, record]) {
    await page.goto(path);
    await look(page);
  }
  await page.goto(`${record}/consent`);
  await page.getByRole("link", { name: "What was signed" }).click();
  await look(page);
  await own.context().close();
});
