// An emergency card without contact: it opens on this tablet, and each tick is kept there with its
// time. The server does not know the opening's number yet, so every tick names the act that opened
// the card. Hazard: H56
import { type Act } from "./outbox.ts";
import { clock } from "./words.ts";

/** The clinic's cards as the server writes them, each as if it stood open. */
export interface CardsAhead {
  stand: string;
  panels: string;
  /** The number by which each card stands there. */
  openings: Record<string, number>;
}

const field = (act: Act, name: string): string => act.fields.find(([known]) => known === name)?.[1] ?? "";
const parse = (html: string): Document => new DOMParser().parseFromString(html, "text/html");

/** Shows what was opened and ticked on this tablet and is not on the server yet. */
export function showCards(room: HTMLElement, ahead: CardsAhead | undefined, acts: Act[]): void {
  const opened = acts.filter(({ act, fields }) => act.startsWith("open-card") && fields.length > 0);
  const place = document.getElementById("room-cards");
  if (!place) return;
  const wanted = new Set(opened.map((act) => `card-${field(act, "command_id")}`));
  for (const old of room.querySelectorAll<HTMLElement>("[data-opened-here]")) {
    // What is being filled in stays until it is saved: it names the act, which the server knows.
    const filledIn = old instanceof HTMLDialogElement && old.open;
    if (!filledIn && !wanted.has(old.dataset["openedHere"] ?? "")) old.remove();
  }
  for (const act of opened) if (ahead) open(room, place, ahead, act);
  const newest = place.querySelector<HTMLElement>("[data-just-opened]");
  if (newest) {
    delete newest.dataset["justOpened"];
    newest.scrollIntoView({ block: "start" });
    newest.focus({ preventScroll: true });
  }
  for (const act of acts) tick(room, act);
}

function open(room: HTMLElement, place: HTMLElement, ahead: CardsAhead, act: Act): void {
  const id = field(act, "command_id");
  const number = ahead.openings[field(act, "card")];
  if (number === undefined || id === "" || document.getElementById(`card-${id}`)) return;
  const mine = (html: string): string => html.replaceAll(`card-${number}`, `card-${id}`);
  const section = parse(mine(ahead.stand)).getElementById(`card-${id}`);
  if (!section) return;
  section.dataset["openedHere"] = `card-${id}`;
  section.dataset["justOpened"] = "";
  section.tabIndex = -1;
  const since = section.querySelector(".open-card-head p");
  if (since) since.textContent = `open since ${clock(act.happenedAt).slice(0, 5)}, saved on this tablet`;
  place.prepend(section);
  // Beside the bar, where panels live; the bar itself is written anew when the stage changes.
  const bar = room.querySelector(".room-acts");
  const panels = parse(mine(ahead.panels)).querySelectorAll<HTMLElement>(`dialog[id^="act-card-${id}-"]`);
  for (const panel of panels) {
    panel.dataset["openedHere"] = `card-${id}`;
    bar?.append(panel);
  }
  for (const input of room.querySelectorAll<HTMLInputElement>(`[data-opened-here="card-${id}"] input[name=opening]`)) {
    input.name = "opened_by";
    input.value = id;
  }
}

/** What was tapped at a step stands at it, and cannot be tapped again. */
function tick(room: HTMLElement, act: Act): void {
  const what = field(act, "act");
  if (what !== "card-step" && what !== "card-medicine" && what !== "card-close") return;
  const card = document.getElementById(`card-${field(act, "opened_by") || field(act, "opening")}`);
  if (!card || !room.contains(card)) return;
  const mark = `${what}-${field(act, "command_id")}`;
  if (card.querySelector(`[data-tick="${CSS.escape(mark)}"]`)) return;
  const at = clock(act.happenedAt).slice(0, 5);
  const line = document.createElement("p");
  line.className = "step-done";
  line.dataset["tick"] = mark;
  if (what === "card-close") {
    line.textContent = `Closed ${at} · saved on this tablet`;
    card.querySelector(".open-card-head")?.append(line);
    card.querySelector(".open-card-ways")?.remove();
    return;
  }
  line.textContent =
    what === "card-step"
      ? `✓ ${said(act)}, ${at} · saved on this tablet`
      : `✓ given: ${[field(act, "medicine"), field(act, "dose"), field(act, "route")].filter((word) => word !== "").join(" ")}, ${at} · saved on this tablet`;
  const step = stepOf(card, field(act, "step"));
  if (!step) {
    card.append(line);
    return;
  }
  step.classList.add("is-done");
  step.querySelector("div")?.append(line);
  // A medicine may be given again; a step is done once.
  if (what === "card-step") step.querySelector("form")?.remove();
}

function said(act: Act): string {
  const yes = act.fields.filter(([name]) => name === "yes").map(([, value]) => value);
  switch (field(act, "answer")) {
    case "no-to-all":
      return "no to all";
    case "any-yes":
      return `yes: ${yes.join(", ")}`;
    default:
      return "done";
  }
}

function stepOf(card: HTMLElement, step: string): HTMLElement | undefined {
  return [...card.querySelectorAll<HTMLElement>(".card-ticks > li")].find((line) => line.dataset["step"] === step);
}
