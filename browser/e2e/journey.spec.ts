// The whole way in the browser, as the people on it walk it: from a registration with nothing in it
// to an infusion that begins. The patient's part on a phone, with scripts off.
import { type Locator, type Page, expect, test } from "@playwright/test";
import { clinicDay, credentials, showEveryAct, signIn } from "./clinic.ts";
import { answer, enter, somebody } from "./patient.ts";
import { connectSignal, drawAndCheck, readyTheRoom, timeOutByHand, trySignal } from "./start.ts";
import { look } from "./look.ts";

test.beforeEach(({}, info) => {
  test.skip(info.project.name !== "phone-day", "told once");
});

const WHO = { family: "Ortega", born: "1983-04-12" };

const password = (role: string): string => credentials().users.find((one) => one.role === role)?.password ?? "";
const form = (page: Page, button: string): Locator => page.locator("form").filter({ has: page.getByRole("button", { name: button, exact: true }) });

/** Presses a button that sends a form, and waits until the server has answered. */
async function send(page: Page, button: Locator): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
  await button.click();
  expect((await answered).status(), "not refused").toBeLessThan(400);
  await page.waitForLoadState();
}

/** Everything that only clinicians answer, as of somebody whom nothing stands against. */
async function enterFindings(page: Page, record: string): Promise<void> {
  await page.goto(`${record}/history/allergies`);
  await page.locator("[name='0:product']").selectOption("no");
  await send(page, page.getByRole("button", { name: "Save the list" }));
  await expect(page).toHaveURL(/saved=1/);
  await page.goto(`${record}/history`);
  const today = clinicDay(0);
  const chosen: Record<string, string> = {
    "agreement.off-label-explained": "yes",
    indication: "treatment-resistant-depression",
    liver: "none",
    "suicide-risk": "low",
    "scale.highest-psychosis-item": "not-done",
    "scale.icsi": "not-done",
    "test.urine-drug-screen": "not-done",
    "test.prescription-monitoring": "done",
    "test.pregnancy": "negative",
  };
  for (const condition of ["pressure-rise-hazard", "current-psychotic-symptoms", "current-mania", "active-hallucinogen-use-disorder", "delirium", "dementia-without-capacity", "unable-to-consent", "severe-personality-disorder"]) chosen[`condition.${condition}`] = "no";
  for (const [name, value] of Object.entries(chosen)) await page.locator(`[name='${name}']`).selectOption(value);
  const typed: Record<string, string> = {
    "weight:value": "62",
    "blood-pressures:systolic": "118",
    "blood-pressures:diastolic": "74",
    "blood-pressures:on": today,
    "scale.stop-bang:value": "1",
    "scale.dast-10:value": "0",
    "test.electrocardiogram:value": "410",
    "test.electrocardiogram:on": today,
    "test.liver:value": "0.8",
    "test.liver:on": today,
    "test.kidney:value": "95",
    "test.kidney:on": today,
    "test.prescription-monitoring:on": today,
    "test.pregnancy:on": today,
  };
  for (const [name, value] of Object.entries(typed)) await page.locator(`[name='${name}']`).fill(value);
  await send(page, page.getByRole("button", { name: "Save what is filled in" }).first());
  await expect(page.getByRole("alert")).toHaveCount(0);
}

/** The questions before the visit, answered as by somebody who kept to them. */
async function prepare(own: Page): Promise<void> {
  await own.goto("/my/preparation");
  const questions = await own.locator(".question-list a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  expect(questions.length).toBeGreaterThan(5);
  for (const question of questions) {
    await own.goto(question);
    const asked = own.locator("main form").first();
    switch (question.split("/")[3]) {
      case "way-home":
        await asked.locator("[name=name]").fill("Sam Lee");
        await asked.locator("[name=phone]").fill("01 555 0142");
        await asked.locator("[name=relationship]").fill("friend");
        break;
      case "fatty-food":
      case "food":
      case "drinks":
        await asked.locator("[name=day][value=yesterday]").check();
        await asked.locator("[name=time]").fill("09:30");
        break;
      case "alcohol":
      case "cannabis":
        await asked.locator("[name=day][value=none]").check();
        break;
      case "phone":
        await asked.locator("[name=phone]").fill("01 555 0143");
        break;
      case "medicine":
        await asked.locator("[name=said][value=yes]").check();
        break;
      default:
        await asked.locator("[name=said][value=no]").check();
    }
    await send(own, asked.locator("button[type=submit], button:not([type])").first());
    await expect(own.getByRole("alert"), question).toHaveCount(0);
  }
}

test("somebody new comes from an empty link to an infusion that begins", async ({ page, browser }) => {
  // Hazard: H24
  test.setTimeout(300_000);
  const { record, link } = await somebody(page, WHO);

  // Their history, on their phone.
  const own = await enter(browser, link, WHO, "en", false);
  await own.goto("/my/history");
  await own.locator("a.button.primary").click();
  const words = { save: "Save and continue", none: "No to all that is left", unsure: "I’m not sure" };
  for (let pages = 0; !own.url().endsWith("/my/history/check"); pages += 1) {
    expect(pages, "it ends").toBeLessThan(80);
    await answer(own, words, { medicine: "Sertraline", how: "50 mg in the morning" });
  }
  await send(own, own.getByRole("button", { name: "Hand in my answers" }));

  // A prescriber enters what only clinicians find out, asks the rules and accepts.
  await signIn(page, "prescriber");
  await enterFindings(page, record);
  await page.goto(`${record}/review`);
  await send(page, page.getByRole("button", { name: "Ask the rules" }));
  await expect(page.locator("main")).toContainText("Nothing stands against it");
  const accept = form(page, "Accept for treatment and sign");
  for (const words of await accept.locator("textarea").all()) await words.fill("Watched closely; told what to look out for.");
  await accept.locator("input[type=password]").fill(password("prescriber"));
  await send(page, accept.getByRole("button"));
  await expect(page.locator("main")).toContainText("Accepted");

  // They read the consent on the phone and sign it; the prescriber signs with them.
  await own.goto("/my/consent/racemic-ketamine");
  await own.getByLabel("I have read this text, and I agree to this treatment.").check();
  await own.getByLabel("I could ask my questions.").check();
  await own.getByLabel("Your full name").fill("Wanda Ortega");
  await send(own, own.getByRole("button", { name: "Sign", exact: true }));
  await page.goto(`${record}/consent`);
  const sign = page.locator("form").filter({ has: page.locator("[name=signed_as]") });
  await sign.locator("[name=way]").first().check();
  await sign.locator("[name=interpreting][value=not-needed]").check();
  await sign.locator("[name=signed_as]").fill("Dr Petra Ivanova");
  await sign.locator("input[type=password]").fill(password("prescriber"));
  await send(page, sign.getByRole("button", { name: "Sign", exact: true }));
  await expect(page.locator("main")).toContainText("Consent is in force until");

  // The front desk books six visits in one act, and the prescriber orders the first.
  await signIn(page, "front-desk");
  await page.goto(`${record}/course`);
  await page.locator("#visits").fill("6");
  await page.locator("#from").fill(clinicDay(0));
  await send(page, page.getByRole("button", { name: "Propose", exact: true }));
  await send(page, page.getByRole("button", { name: /^Book these/ }));
  await expect(page.locator("table a[href^='/visits/']")).toHaveCount(6);
  await signIn(page, "prescriber");
  await page.goto(`${record}/course`);
  const visit = (await page.locator("table a[href^='/visits/']").first().getAttribute("href")) ?? "";
  await page.goto(`${visit}/order`);
  // The beginning is proposed; what is missing is filled in, and everything is worked out.
  await expect(page.locator("#per_weight")).toHaveValue("0.5");
  await page.locator("#volume").fill("50");
  await page.getByLabel("50 mg/mL", { exact: true }).check();
  await send(page, page.getByRole("button", { name: "Work it out" }));
  await expect(page.getByRole("row", { name: /Draw from the vial/ })).toContainText("0.62\u{a0}mL");
  await look(page);
  await send(page, page.getByRole("button", { name: /Save the order/ }));
  await page.goto(`${visit}/check-in`);
  await page.locator("#medicines").fill("Sertraline: take");
  await send(page, page.getByRole("button", { name: "Decide" }));

  // The days before, on the phone again; then the list of who is ready says go.
  await prepare(own);
  await own.context().close();
  await signIn(page, "nurse");
  await page.goto(`/ready?day=${clinicDay(0)}`);
  const ready = page.locator("section, li, article, tr").filter({ has: page.locator(`a[href='${visit}/check-in']`) });
  await expect(ready.last()).toContainText("ORTEGA");

  // At the door: still wanted, who they are, and the first measurements.
  await page.goto(`${visit}/check-in`);
  await send(page, page.getByRole("button", { name: "Yes" }).first());
  await page.goto(`${visit}/check-in`);
  await page.getByLabel("says the full name").check();
  await page.getByLabel("says the date of birth").check();
  const door = form(page, "Check in");
  for (const [label, value] of [["Systolic, mmHg", "122"], ["Diastolic, mmHg", "76"], ["Heart rate, /min", "70"], ["SpO2, %", "98"], ["Breathing, /min", "14"]] as const) await door.getByLabel(label).fill(value);
  await send(page, door.getByRole("button", { name: "Check in" }));

  // In the room everything that was said before is met; the time-out opens the start.
  await page.goto(visit.replace("/visits/", "/sessions/"));
  await expect(page.locator("#room-gate")).toContainText("met");
  const open = async (act: string): Promise<Locator> => {
    await showEveryAct(page);
    await page.locator(`[data-opens="act-${act}"]`).click();
    return page.locator(`#act-${act}`);
  };
  const score = await open("score");
  await score.getByRole("button", { name: "5 answers readily to name" }).click();
  await expect(page.locator("#room-entries")).toContainText("MOAA/S 5 of 5");
  const room = visit.replace("/visits/", "/sessions/");
  await drawAndCheck(page, room);
  await readyTheRoom(page, room);
  const pad = await connectSignal(page, await browser.newContext(), room);
  await trySignal(page, pad);
  await timeOutByHand(page);
  await expect(page.locator("#room-gate")).toContainText("Every requirement is met.");
  const start = await open("start");
  await start.getByRole("button", { name: "START infusion" }).click();
  await expect(page.locator("#room-entries")).toContainText("Infusion started");
  await expect(page.locator("#room-elapsed")).toContainText("T+00:0");
});
