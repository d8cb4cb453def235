// Integration: the plan, a note on a tablet, the brief, a group, and the patient's own page.
import { type Page, expect, test } from "@playwright/test";
import { signIn } from "./clinic.ts";
import { look } from "./look.ts";
import { enter } from "./patient.ts";

/** The address of the record of somebody whom the demo knows. */
async function record(page: Page, name: string): Promise<string> {
  await page.goto(`/patients?q=${name}`);
  const link = page.locator("main a[href^='/patients/']", { hasText: new RegExp(name, "i") }).first();
  const to = (await link.getAttribute("href")) ?? "";
  return to.split("/").slice(0, 3).join("/");
}

test("who is late stands first, and every page of integration can be used by everybody", async ({ page }) => {
  await signIn(page, "therapist");
  await page.goto("/integration");
  await expect(page.getByRole("region", { name: "Late" })).toContainText("WEISS, Hannah");
  await page.getByText("Agree a group").click();
  await look(page);
  const hannah = await record(page, "Hannah");
  await page.goto(`${hannah}/integration`);
  await look(page);
  await page.goto(`${hannah}/integration/write?kind=other`);
  await page.getByText("More: emotions").click();
  await look(page);
  await page.goto(`${await record(page, "Baptiste")}/integration/brief`);
  await expect(page.locator("main")).toContainText("I sleep until six.");
  await expect(page.locator("main")).not.toContainText("hand on the rail");
  await look(page);
});

test("a patient answers homework and stops sharing", async ({ page, browser }, info) => {
  test.skip(info.project.name !== "phone-day", "a patient's phone");
  await signIn(page, "front-desk");
  const therapist = await (await browser.newContext()).newPage();
  await signIn(therapist, "therapist");
  const noel = await record(therapist, "Baptiste");
  await page.goto(`${noel}/link`);
  await page.getByRole("button", { name: "Make a link to hand over" }).click();
  const link = await page.getByLabel("The link").inputValue();
  const own = await enter(browser, link, { family: "Baptiste", born: "1977-06-05" }, "en", true);
  await own.goto("/my/integration");
  await look(own);
  await own.getByRole("group", { name: "Call her on Sunday" }).getByRole("button", { name: "It did not fit" }).click();
  await expect(own.getByRole("button", { name: "✓ It did not fit" })).toBeVisible();
  await own.getByRole("button", { name: "Stop sharing" }).click();
  await therapist.goto(`${noel}/integration/brief`);
  await expect(therapist.locator("main")).toContainText("Call her on Sunday: it did not fit");
  await expect(therapist.locator("main")).not.toContainText("I sleep until six.");
  await own.getByRole("button", { name: "Share it with the clinic" }).last().click();
});
