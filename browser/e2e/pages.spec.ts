// Every page, on each width and in both themes: no accessibility violation, nothing wider than the
// screen, no error in the console, and who this is wherever something can be written.
import { type Page, expect, test } from "@playwright/test";
import { credentials, sessionIn, showEveryAct, signIn } from "./clinic.ts";
import { listen, look } from "./look.ts";

const PAGES: { name: string; path: () => string; title: RegExp; as?: string }[] = [
  { name: "the clinic board", path: () => "/board", title: /Clinic board/ },
  { name: "the display on the wall", path: () => "/board/wall", title: /Board on the wall/ },
  { name: "practising a notice", path: () => "/drill", title: /Drill/ },
  { name: "a session room in mid-infusion", path: () => `/sessions/${sessionIn("2")}`, title: /session/ },
  { name: "a session room under observation", path: () => `/sessions/${sessionIn("3")}`, title: /session/ },
  { name: "a session room before the start", path: () => `/sessions/${sessionIn("4")}`, title: /session/ },
  { name: "changing an order before the start", path: () => `/sessions/${sessionIn("4")}/order`, title: /Change the order/, as: "prescriber" },
  { name: "the list of what was recorded later", path: () => "/late-entries", title: /Recorded later/ },
  { name: "a session's late entries", path: () => `/sessions/${sessionIn("3")}/later`, title: /recorded later/ },
  { name: "entering from paper", path: () => `/sessions/${sessionIn("3")}/from-paper`, title: /from paper/ },
  { name: "what is taken home", path: () => `/sessions/${sessionIn("3")}/going-home`, title: /Going home after your treatment/ },
  { name: "the way home", path: () => `/visits/${sessionIn("3")}/escort`, title: /Way home/ },
  { name: "the notes on a session", path: () => `/sessions/${sessionIn("3")}/notes`, title: /notes/ },
  { name: "exports", path: () => "/exports", title: /Exports/, as: "medical-director" },
  { name: "imports", path: () => "/imports", title: /Imports/, as: "medical-director" },
  { name: "what a payer reads of a visit", path: () => `/sessions/${sessionIn("3")}/superbill?diagnosis=F33.2`, title: /for the payer/ },
  { name: "what a change would come to", path: () => `/sessions/${sessionIn("2")}/supposed`, title: /what a change would come to/ },
  { name: "the forms that the safety programme is owed", path: () => "/programme", title: /Safety programme/ },
  { name: "how the clinic names itself to the programme", path: () => "/programme/setting", title: /How the clinic names itself/, as: "medical-director" },
  { name: "the log of adverse events", path: () => "/adverse-events", title: /Adverse events/ },
  { name: "the adverse events of a session", path: () => `/sessions/${sessionIn("3")}/adverse-events`, title: /dverse event/ },
  { name: "the session pack", path: () => `/sessions/${sessionIn("2")}/pack`, title: /session pack/ },
  { name: "the page without a connection", path: () => "/offline", title: /No connection/ },
  { name: "another way of giving in an order", path: () => `/sessions/${sessionIn("4")}/order?way=racemic-ketamine/intramuscular`, title: /Change the order/, as: "prescriber" },
  { name: "the list of people", path: () => "/patients", title: /People/ },
  { name: "the book of a day", path: () => "/calendar?day=2026-11-23", title: /Mon 23 Nov 2026/ },
  { name: "the book of a week", path: () => "/calendar/week?of=2026-11-23", title: /Week of/ },
  { name: "who is ready", path: () => "/ready", title: /Ready/ },
  { name: "a link on its way", path: () => "/p/asked?language=es", title: /mensajes/ },
  { name: "a link's page", path: () => "/p/ended?language=es", title: /enlace/ },
  { name: "the patient's door", path: () => "/p?language=en", title: /signed in/ },
  { name: "the reviews", path: () => "/review", title: /Reviews/ },
  { name: "the monitors", path: () => "/devices", title: /Monitors/ },
  { name: "labels to print", path: () => "/devices/labels", title: /Labels/ },
  { name: "connecting a monitor by scanning", path: () => `/devices/scan?session=${sessionIn("4")}`, title: /Connect a monitor/ },
  { name: "the label for a visit", path: () => `/sessions/${sessionIn("2")}/label`, title: /Label for the visit/ },
  { name: "unassigned data", path: () => "/unassigned", title: /Unassigned/ },
  { name: "the quarantine", path: () => "/quarantine", title: /Quarantine/ },
  { name: "the clinic's rules", path: () => "/rules", title: /Clinic rules/ },
  { name: "registering a person", path: () => "/patients/new", title: /Register a person/ },
  { name: "one rule", path: () => "/rules/eligibility", title: /Who may be treated/ },
  { name: "the scales", path: () => "/scales", title: /Questionnaires and scales/ },
  { name: "the emergency cards", path: () => "/cards", title: /Emergency cards/ },
  { name: "one emergency card", path: () => "/cards/anaphylaxis", title: /Anaphylaxis/, as: "medical-director" },
  { name: "the controlled drugs", path: () => "/drugs", title: /Controlled drugs/ },
  { name: "taking in a delivery", path: () => "/drugs/receive", title: /Take in a delivery/ },
  { name: "a blind count", path: () => "/drugs/count", title: /Count/ },
  { name: "the book of controlled drugs", path: () => "/drugs/book", title: /book of controlled drugs/, as: "auditor" },
  { name: "connecting the patient's signal", path: () => `/sessions/${sessionIn("4")}/signal`, title: /Signal/ },
  { name: "a device that is no signal", path: () => "/signal", title: /Connect the signal/ },
  { name: "a room's emergency equipment", path: () => "/equipment?room=1", title: /Emergency equipment/ },
  { name: "the cases of the ledger", path: () => "/drugs/cases", title: /Cases of the ledger/, as: "medical-director" },
  { name: "the inventory", path: () => "/drugs/inventory", title: /Inventory/, as: "medical-director" },
  { name: "how a tablet trusts the server", path: () => "/trust", title: /Trust this server/ },
  { name: "a session's drug", path: () => `/sessions/${sessionIn("2")}/drug`, title: /Drug: MORENO/ },
  { name: "checking a session's drug", path: () => `/sessions/${sessionIn("2")}/drug/check`, title: /Check the drug/ },
  { name: "the list of leaflets", path: () => "/learn", title: /About your treatment/ },
  { name: "a leaflet in English", path: () => "/learn/what-to-expect?language=en", title: /What to expect/ },
  { name: "a leaflet in Spanish", path: () => "/learn/questions?language=es", title: /Preguntas/ },
  { name: "a page that is not there", path: () => "/no-such-page", title: /no such page/i },
];

const signedIn = new Map<string, Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>>();

/** Signs in once with each role: pages are what is looked at here, and the stories sign in each time. */
async function come(page: Page, role: string): Promise<void> {
  const cookies = signedIn.get(role);
  if (cookies) return page.context().addCookies(cookies);
  await signIn(page, role);
  signedIn.set(role, await page.context().cookies());
}

test("the sign-in page has no accessibility violation", async ({ page }) => {
  const faults = listen(page);
  await page.goto("/sign-in");
  await look(page, faults);
});

for (const { name, path, title, as = "nurse" } of PAGES) {
  test(`${name} has no accessibility violation`, async ({ page }) => {
    // What takes long is the look of axe at the longest page, twice; the page itself comes at once.
    test.setTimeout(180_000);
    const faults = listen(page);
    await come(page, as);
    await page.goto(path());
    await expect(page).toHaveTitle(title);
    // What is live has come at least once.
    if (path().startsWith("/sessions")) await page.waitForTimeout(1_500);
    await look(page, faults);
  });
}

test("a person's chart leads from the list and has no accessibility violation", async ({ page }) => {
  const faults = listen(page);
  await come(page, "nurse");
  await page.goto("/patients");
  await page.getByRole("link", { name: "MORENO, Ana", exact: true }).click();
  await expect(page.getByRole("region", { name: "Who this is" })).toContainText("MORENO, Ana");
  await expect(page.getByRole("group", { name: /Visits on one line of time/ })).toBeVisible();
  await look(page, faults);
});

test("every page of a record says who it is about and has no accessibility violation", async ({ page }) => {
  // Hazard: H02
  test.setTimeout(120_000);
  const faults = listen(page);
  await come(page, "prescriber");
  await page.goto("/patients");
  // Somebody with a letter that ends, with medicines, and with visits to come.
  await page.getByRole("link", { name: "LIM, Grace", exact: true }).click();
  const record = new URL(page.url()).pathname;
  for (const part of ["", "/history", "/history/medicines", "/history/allergies", "/history/antidepressants", "/review", "/clearances", "/consent", "/course", "/details", "/link"]) {
    await page.goto(`${record}${part}`);
    await expect(page.getByText(/LIM, Grace/).first()).toBeVisible();
    await expect(page.getByText(/18 Jul 1971|1971-07-18/).first().or(page.locator("[value='1971-07-18']"))).toBeVisible();
    await look(page, faults);
  }
});

test("the second step of connecting a monitor says who, and compares a live value", async ({ page }) => {
  // Hazard: H01
  const faults = listen(page);
  await come(page, "nurse");
  await page.goto("/devices");
  const row = page.getByRole("row", { name: /Monitor 2/ });
  await row.getByRole("button", { name: "Connect…" }).click();
  await expect(page.getByRole("heading", { name: /Step 2 of 2/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Who this is" })).toBeVisible();
  await look(page, faults);
});

test("the last frame of a device that serves nobody is shown as text", async ({ page }) => {
  const faults = listen(page);
  await come(page, "nurse");
  await page.goto("/unassigned");
  const frame = page.getByRole("link", { name: "last frame" });
  await expect(frame.first()).toBeVisible({ timeout: 30_000 });
  await frame.first().click();
  await expect(page.locator(".raw code").first()).toContainText("MSH|");
  await look(page, faults);
});

test("each panel of acts opens by keyboard, says for whom, and closes with Escape", async ({ page }) => {
  // Hazard: H02
  test.slow();
  const faults = listen(page);
  await come(page, "nurse");
  await page.goto(`/sessions/${sessionIn("2")}`);
  // A panel that is opened from another one is reached through it.
  const openers = await page.locator("[data-opens]:not([data-hold])").evaluateAll((links) =>
    links.map((link) => ({
      id: link.getAttribute("data-opens") ?? "",
      within: link.closest("dialog")?.id ?? "",
    })),
  );
  expect(openers.length).toBeGreaterThan(4);
  for (const { id, within } of openers) {
    await showEveryAct(page);
    if (within !== "") {
      await page.locator(`[data-opens="${within}"]`).focus();
      await page.keyboard.press("Enter");
      await expect(page.locator(`#${within}`)).toBeVisible();
      await page.locator(`#${within} [data-opens="${id}"]`).focus();
      await page.keyboard.press("Enter");
      const panel = page.locator(`#${id}`);
      await expect(panel).toBeVisible();
      await expect(panel.locator(".panel-who")).toHaveText("MORENO, Ana");
      await look(page, faults, `#${id}`);
      await page.keyboard.press("Escape");
      await expect(panel).toBeHidden();
      await expect(page.locator(`#${within}`)).toBeHidden();
      await expect(page.locator(`[data-opens="${within}"]`)).toBeFocused();
      continue;
    }
    const opener = page.locator(`[data-opens="${id}"]`);
    await opener.focus();
    await page.keyboard.press("Enter");
    const panel = page.locator(`#${id}`);
    await expect(panel).toBeVisible();
    await expect(panel.locator(".panel-who")).toHaveText("MORENO, Ana");
    await look(page, faults, `#${id}`);
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
    await expect(opener).toBeFocused();
  }
});

test("day and dim are one button, at once and for this device", async ({ page }) => {
  await come(page, "nurse");
  await page.goto("/board");
  const before = await page.locator("html").getAttribute("data-theme");
  await page.locator(".theme-switch").click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme", before ?? "");
  await page.waitForTimeout(300);
  await page.reload();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme", before ?? "");
});

test("targets in the room are 48 px high, and 72 where an act is grave", async ({ page }) => {
  // Hazard: H46
  await come(page, "nurse");
  await page.goto(`/sessions/${sessionIn("2")}`);
  for (const [kind, least] of [[".act:not(.grave)", 48], [".act.grave", 72]] as const) {
    // All in one moment: the bar may be written anew between two looks.
    const heights = await page
      .locator(kind)
      .evaluateAll((acts) => acts.filter((act) => act.checkVisibility()).map((act) => act.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(1);
    for (const height of heights) expect(height).toBeGreaterThanOrEqual(least);
  }
});

test("a hold is as long as it was, although the page was blocked meanwhile", async ({ page }) => {
  // Hazard: H46
  await come(page, "nurse");
  await page.goto(`/sessions/${sessionIn("2")}`);
  const panel = page.locator(`#${await page.locator("[data-hold]").getAttribute("data-opens")}`);
  /** Pressed, and the page blocked for longer than a hold; then it hears that the button was let go. */
  const hold = (letGo: "at once" | "at the end"): Promise<void> =>
    page.evaluate(async (when) => {
      const button = document.querySelector<HTMLElement>("[data-hold]");
      const pointer = (kind: string) => new PointerEvent(kind, { bubbles: true, cancelable: true, isPrimary: true });
      const down = pointer("pointerdown");
      // An event is as old as its making, not as its sending.
      const early = pointer("pointerup");
      button?.dispatchEvent(down);
      const until = performance.now() + Number(button?.dataset["hold"]) + 300;
      while (performance.now() < until);
      if (when === "at the end") button?.dispatchEvent(pointer("pointerup"));
      // The timer of the hold comes first, and late.
      else await new Promise((done) => setTimeout(done, 20)).then(() => button?.dispatchEvent(early));
    }, letGo);
  await hold("at once");
  await page.waitForTimeout(300);
  await expect(panel).toBeHidden();
  await hold("at the end");
  await expect(panel).toBeVisible();
});

test("without scripts an act's panel opens by its link and the page says that it is not live", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: credentials().base_url });
  const page = await context.newPage();
  await signIn(page, "nurse");
  await page.goto(`/sessions/${sessionIn("2")}#act-note`);
  await expect(page.locator("#act-note")).toBeVisible();
  await expect(page.locator("noscript p")).toContainText("Without scripts nothing on this page is live");
  await context.close();
});

for (const [name, person, says] of [
  ["between two devices", "REYES", /2 of 3 devices given/],
  ["after an injection", "SORENSEN", /injection given/],
] as const) {
  test(`a session room ${name} has no accessibility violation`, async ({ page }) => {
    const faults = listen(page);
    await come(page, "nurse");
    await page.goto("/board");
    await page.getByRole("link", { name: new RegExp(person) }).first().click();
    await expect(page.locator("#room-dose")).toContainText(says);
    await page.waitForTimeout(1_500);
    await look(page, faults);
  });
}
