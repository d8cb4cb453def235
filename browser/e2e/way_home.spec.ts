// Whoever takes a person home: asked at the desk, on their own phone with scripts off, from the
// name to the yes and the no; and what the desk reads of it.
import { type Page, expect, test } from "@playwright/test";
import { sessionIn, signIn } from "./clinic.ts";
import { listen, look } from "./look.ts";

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "phone", "an escort reads on a phone");
});

/** Asks somebody who stands at the door; the path of their link. */
async function ask(desk: Page, visit: string, name: string): Promise<string> {
  await desk.goto(`/visits/${visit}/escort`);
  await desk.getByLabel("Name", { exact: true }).fill(name);
  await desk.getByLabel("Telephone", { exact: true }).fill("+57 300 7654321");
  await desk.getByLabel("How they get home").selectOption("companion-drives");
  await desk.getByLabel("They are here").check();
  await desk.getByRole("button", { name: "Ask them" }).click();
  // Nobody is asked before the person has agreed, and nothing that was typed is lost.
  await expect(desk.getByRole("alert")).toContainText("the person has to agree first");
  await expect(desk.getByLabel("Name", { exact: true })).toHaveValue(name);
  await desk.getByLabel("The person agrees").check();
  await desk.getByRole("button", { name: "Ask them" }).click();
  await expect(desk.getByRole("status").first()).toContainText(`${name} was asked by a link, and has not answered`);
  return new URL(await desk.getByRole("textbox", { name: "The link" }).inputValue()).pathname;
}

test("whoever takes somebody home says no, is asked anew, and says yes", async ({ page, browser }) => {
  // Hazard: H39, H45
  await signIn(page, "front-desk");
  const visit = sessionIn("4");
  const path = await ask(page, visit, "Sam Rivera");
  await look(page, listen(page));

  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
  const escort = await context.newPage();
  await escort.goto(path);
  await expect(escort.getByRole("heading", { level: 1 })).toHaveText("Whom do you take home?");
  await escort.getByLabel("Their name").fill("Nobody");
  await escort.getByRole("button", { name: "Go on" }).click();
  await expect(escort.getByRole("alert")).toContainText("That is not the name");
  const given = (await page.getByRole("heading", { level: 1 }).textContent())?.split(", ").at(-1) ?? "";
  await escort.getByLabel("Their name").fill(given);
  await escort.getByRole("button", { name: "Go on" }).click();
  await expect(escort.getByRole("heading", { level: 1 })).toHaveText(`Taking home: ${given}`);
  await expect(escort.getByRole("heading", { name: "For whoever takes somebody home" })).toBeVisible();
  // A yes without being an adult is none.
  await escort.getByLabel("I drive").check();
  await escort.getByRole("button", { name: "Yes, I take them home" }).click();
  await expect(escort.getByRole("alert")).toContainText("18 or older");
  await escort.getByRole("button", { name: "I cannot" }).click();
  await expect(escort.getByText("You said that you cannot.")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("status").first()).toContainText("cannot come");
  const anew = await ask(page, visit, "Sam Rivera");
  expect(anew).not.toBe(path);
  const gone = await escort.goto(path);
  expect(gone?.status()).toBe(410);
  await escort.goto(`${anew}?language=es`);
  await escort.getByLabel("Su nombre").fill(given);
  await escort.getByRole("button", { name: "Seguir" }).click();
  await escort.getByLabel("vamos juntos").check();
  await escort.getByLabel("Tengo 18 años o más").check();
  await escort.getByRole("button", { name: "Sí, le llevo a casa" }).click();
  await expect(escort.getByText("Usted dijo: sí, le llevo a casa.")).toBeVisible();
  await context.close();
  await page.reload();
  await expect(page.getByRole("status").first()).toContainText("Sam Rivera said yes by their link");
});

for (const theme of ["day", "dim"]) {
  test(`what a link opens has no violation, by ${theme}`, async ({ page, context }) => {
    await signIn(page, "front-desk");
    const path = await ask(page, sessionIn("4"), "Sam Rivera");
    const given = (await page.getByRole("heading", { level: 1 }).textContent())?.split(", ").at(-1) ?? "";
    await context.clearCookies();
    await context.addCookies([{ name: "theme", value: theme, url: page.url() }]);
    const faults = listen(page);
    await page.goto(path);
    await look(page, faults);
    await page.getByLabel("Their name").fill(given);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(given);
    await look(page, faults);
    await page.goto("/escort/00000000-0000-4000-8000-000000000000/closed");
    await look(page, faults);
  });
}
