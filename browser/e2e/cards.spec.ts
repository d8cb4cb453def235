// When something goes wrong: one card, on the tablet.
import { expect, test } from "@playwright/test";
import { sessionIn, signIn } from "./clinic.ts";
import { look } from "./look.ts";

test.beforeEach(({}, info) => {
  test.skip(info.project.metadata["layout"] !== "tablet", "a card is worked through on the tablet");
});

test("the cards are one tap away; a tick and a medicine are saved with their times, and the draft waits", async ({ page }) => {
  // Hazard: H56
  await signIn(page, "nurse");
  await page.goto(`/sessions/${sessionIn("3")}`);
  await page.getByRole("link", { name: "Emergency", exact: true }).click();
  const list = page.locator("#act-emergency");
  await expect(list).toBeVisible();
  await expect(list.locator("button[name=card]")).toHaveCount(15);
  await look(page);
  await list.getByRole("button", { name: "High blood pressure" }).click();

  const card = page.locator(".open-card").filter({ hasText: "High blood pressure" });
  await expect(card).toContainText("Not approved by this clinic’s medical director");
  await expect(card.locator(".card-elapsed")).toHaveText(/^\d+:\d\d$/);
  await card.getByRole("button", { name: /^Done\s*: Call for help/ }).click();
  await expect(card.locator("li").filter({ hasText: "Call for help." }).first()).toContainText(/✓ done, \d\d:\d\d/);

  // Two taps: the amount that the card names stands in the form.
  const clonidine = card.locator("li").filter({ hasText: "Clonidine" });
  await clonidine.getByRole("link", { name: "Given…" }).click();
  await page.locator("dialog[open]").getByRole("button", { name: "Save what was given" }).click();
  await expect(clonidine).toContainText("✓ given: Clonidine 0.1 mg, oral");
  // A range is never filled in.
  await card.locator("li").filter({ hasText: "Labetalol" }).getByRole("link", { name: "Given…" }).click();
  await expect(page.locator("dialog[open]").getByLabel("Dose that was given")).toHaveValue("");
  await page.keyboard.press("Escape");
  await look(page);

  await card.getByRole("link", { name: "Close the card" }).click();
  await page.locator("dialog[open]").getByRole("button", { name: "settled", exact: true }).click();
  await page.getByRole("link", { name: "Complete the adverse event" }).click();
  const draft = page.locator("dialog[open]");
  await expect(draft.getByLabel("What happened")).toHaveValue(/Given: \d\d:\d\d Clonidine 0\.1 mg oral/);
  await look(page);
  await draft.getByLabel("not serious: none of these").check();
  await draft.getByLabel("How severe").selectOption("moderate");
  await draft.getByLabel("Did the medicine cause it").selectOption("possible");
  await draft.getByLabel("Outcome").selectOption("recovered");
  await draft.getByRole("button", { name: "Sign the adverse event" }).click();
  await expect(page.locator("#room-entries")).toContainText("not serious");
  await expect(page.locator(".open-card")).toHaveCount(0);
});
