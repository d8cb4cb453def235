// One person's outcomes and everybody's, and the questions after sessions on a phone without scripts.
import { type Page, expect, test } from "@playwright/test";
import { credentials, signIn } from "./clinic.ts";
import { look } from "./look.ts";
import { enter } from "./patient.ts";

/** The address of the record of somebody whom the demo knows. */
async function record(page: Page, family: string): Promise<string> {
  await page.goto(`/patients?q=${family}`);
  const link = page.locator("main a[href^='/patients/']", { hasText: new RegExp(family, "i") }).first();
  const to = (await link.getAttribute("href")) ?? "";
  return to.split("/").slice(0, 3).join("/");
}

test("outcomes say who relapsed and what is missing, and have no accessibility violation", async ({ page }) => {
  await signIn(page, "prescriber");
  await page.goto(`${await record(page, "Ferreira")}/outcomes`);
  await expect(page.locator("main")).toContainText("Relapse after remission");
  await expect(page.locator(".outcomes-chart")).toBeVisible();
  await look(page);
  await page.goto(`${await record(page, "Oyelaran")}/outcomes`);
  await expect(page.locator("main")).toContainText("asked, no answer");
  await page.getByText("MADRS", { exact: true }).last().click();
  await look(page);
});

test("the next step shows every alternative with its facts, and takes a prescriber's word", async ({ page }) => {
  await signIn(page, "prescriber");
  await page.goto(`${await record(page, "Ferreira")}/next-step`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Next step");
  await expect(page.locator(".alternative")).toHaveCount(7);
  await expect(page.locator("main")).toContainText("In remission at the end of the series.");
  await look(page);
  await page.getByText("Write what comes next").click();
  await page.getByLabel("another treatment beside it or in its place").check();
  const why = `He asks for psychotherapy first (${test.info().project.name}, ${Date.now()}).`;
  await page.getByLabel("Why", { exact: true }).fill(why);
  await page.getByRole("button", { name: "Write it" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: why })).toBeVisible();
  await look(page);
});

test("a letter tells whoever referred them what the person agreed to, is signed, and leaves", async ({ page }, info) => {
  await signIn(page, "prescriber");
  const letters = `${await record(page, "Ferreira")}/letters`;
  await page.goto(letters);
  await expect(page.locator("main")).toContainText("Harbour Street Practice");
  await expect(page.locator("main")).toContainText("by post");
  await look(page);
  await page.getByRole("link", { name: "Write a letter" }).first().click();
  await expect(page.getByRole("heading", { level: 3 })).toHaveText(["Sessions", "Scales"]);
  await look(page);
  if (info.project.name !== "desk-day") return;
  await page.getByLabel("What you add; may be empty").fill("He slept badly since September.");
  const prescriber = credentials().users.find((one) => one.role === "prescriber");
  await page.getByLabel("Your password, to sign").fill(prescriber?.password ?? "");
  await page.getByRole("button", { name: "Sign the letter" }).click();
  await expect(page.locator("main")).toContainText("Has not left the house.");
});

test("the outcomes of everybody say first who answered, and name nobody where they are handed out", async ({ page }) => {
  await signIn(page, "prescriber");
  await page.goto("/follow-up");
  await page.getByRole("link", { name: "Outcomes of everybody" }).click();
  await expect(page.locator("main h2").first()).toHaveText("Who answered");
  await expect(page.locator("main")).toContainText(/oyelaran/i);
  await look(page);
  await page.getByRole("link", { name: "To hand out" }).click();
  await expect(page.locator("main")).toContainText("fewer than 5");
  await expect(page.locator("main")).not.toContainText(/oyelaran/i);
  await look(page);
});

test("a patient goes on with the questions where they stopped, and reads their journey", async ({ page, browser }, info) => {
  test.skip(info.project.name !== "phone-day", "a patient's phone");
  await signIn(page, "front-desk");
  await page.goto(`${await record(page, "Lindgren")}/link`);
  await page.getByRole("button", { name: "Make a link to hand over" }).click();
  const link = await page.getByLabel("The link").inputValue();
  const own = await enter(browser, link, { family: "Lindgren", born: "1986-02-11" }, "en", true);
  await own.getByRole("link", { name: "The last two weeks" }).click();
  await look(own);
  await own.getByRole("link", { name: "Go on" }).click();
  await expect(own.locator("main")).toContainText("Question 4 of 7");
  await look(own);
  await own.locator("[name=answer][value=not-at-all]").check();
  await own.getByRole("button", { name: "Save and continue" }).click();
  await expect(own.locator("main")).toContainText("Question 5 of 7");
  await own.getByRole("button", { name: /rather not answer these/ }).click();
  // A quarter asks about the bladder too.
  for (const question of [1, 2, 3, 4]) {
    await expect(own.locator("main")).toContainText(`Question ${question} of 4`);
    if (question === 1) await look(own);
    await own.locator("[name=answer][value=none]").check();
    await own.getByRole("button", { name: "Save and continue" }).click();
  }
  await expect(own.getByRole("heading", { level: 1 })).toHaveText("Thank you. All is saved.");
  await own.goto("/my/journey");
  await expect(own.locator("main")).toContainText("less often than before your first session");
  await look(own);
});
