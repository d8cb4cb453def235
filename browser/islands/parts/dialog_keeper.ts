// Opens the panels of acts, beside what is live and never over it: Escape closes, focus returns,
// and what was typed is kept until it is saved.
import { randomId } from "./words.ts";

export interface Dialogs {
  open(panel: string): void;
  /** Closes the panel that holds this form and forgets its draft: it is saved. */
  saved(form: HTMLFormElement): void;
}

let waiting: string | undefined;

/** Keeps the panels of a room. */
export function keepDialogs(room: HTMLElement): Dialogs {
  const open = (id: string): void => {
    const panel = document.getElementById(id);
    if (!(panel instanceof HTMLDialogElement)) return;
    for (const other of room.querySelectorAll<HTMLDialogElement>("dialog[open]")) {
      if (other !== panel) close(other, false);
    }
    if (!panel.open) panel.show();
    opener(room, id)?.setAttribute("aria-expanded", "true");
    for (const form of panel.querySelectorAll("form")) {
      // After a fault the next try is the same command, also when the panel was closed in between.
      if (form.dataset["sending"] === undefined && form.dataset["kept"] === undefined) freshId(form);
      restore(form);
    }
    const first = panel.querySelector<HTMLElement>("[autofocus], input:not([type=hidden]), textarea, button");
    first?.focus();
  };

  const close = (panel: HTMLDialogElement, back = true): void => {
    panel.close();
    const from = opener(room, panel.id);
    from?.setAttribute("aria-expanded", "false");
    if (back) {
      // Opened from another panel, which is closed now: back to what opens that one.
      const around = from?.closest("dialog:not([open])");
      (around ? opener(room, around.id) : from)?.focus();
    }
    if (waiting !== undefined) replaceActs(room, waiting);
  };

  room.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest<HTMLElement>("[data-opens], [data-also-opens]");
    if (link && link.dataset["hold"] === undefined) {
      event.preventDefault();
      const id = link.dataset["opens"] ?? link.dataset["alsoOpens"] ?? "";
      const panel = document.getElementById(id);
      if (panel instanceof HTMLDialogElement && panel.open) close(panel);
      else open(id);
    }
    const closing = target?.closest("[data-closes]")?.closest("dialog");
    if (closing) {
      event.preventDefault();
      close(closing);
    }
  });
  document.addEventListener("keydown", (event) => {
    const panel = room.querySelector<HTMLDialogElement>("dialog[open]");
    if (event.key === "Escape" && panel) {
      event.preventDefault();
      close(panel);
    }
  });
  room.addEventListener("input", (event) => {
    const field = event.target instanceof HTMLElement ? event.target : null;
    const form = field?.closest("form");
    if (form?.closest("dialog")) keep(form);
    // A time that is entered answers the question beside it.
    const picks = field?.dataset["picks"];
    const answer = picks && field?.closest("fieldset")?.querySelector<HTMLInputElement>(`[value="${picks}"]`);
    if (answer) answer.checked = true;
  });

  const now = room.querySelector("dialog[data-open-now]") ?? document.querySelector("dialog:target");
  if (now) open(now.id);

  return {
    open,
    saved(form) {
      sessionStorage.removeItem(draftOf(form));
      form.reset();
      const panel = form.closest("dialog");
      if (!panel?.open) return;
      // Whoever has gone on meanwhile, to END with a key say, keeps the focus where it is: the next
      // key is for that. Hazard: H46
      const at = document.activeElement;
      close(panel, at === null || at === document.body || panel.contains(at));
    },
  };
}

/** The bar changes at once; the panels wait while one of them is open. */
export function replaceActs(room: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const bar = template.content.querySelector("#act-bar");
  const panels = template.content.querySelector("#act-panels");
  const focused = document.activeElement?.closest<HTMLElement>("[data-opens]")?.dataset["opens"];
  // What was opened behind “More” stays open while the bar is written anew.
  const more = document.querySelector<HTMLInputElement>("#acts-more")?.checked === true;
  const next = bar?.querySelector<HTMLInputElement>("#acts-more");
  if (next) next.checked = more;
  if (bar) document.getElementById("act-bar")?.replaceWith(bar);
  const inOpen = room.querySelector("dialog[open]") !== null;
  waiting = inOpen ? html : undefined;
  if (!inOpen) {
    const old = document.getElementById("act-panels");
    if (old && panels) old.replaceWith(panels);
    else if (panels) document.getElementById("room-acts")?.append(panels);
    else old?.remove();
  }
  if (focused) opener(room, focused)?.focus({ preventScroll: true });
}

/** A new command: nothing sent before has this id. */
export function freshId(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>("input[name=command_id]");
  if (field) field.value = randomId();
}

function opener(room: HTMLElement, id: string): HTMLElement | null {
  return room.querySelector<HTMLElement>(`[data-opens="${CSS.escape(id)}"]`);
}

function draftOf(form: HTMLFormElement): string {
  const session = form.querySelector<HTMLInputElement>("input[name=session]")?.value ?? "";
  const entry = form.querySelector<HTMLInputElement>("input[name=entry]")?.value ?? "";
  return `draft:${session}:${form.dataset["act"] ?? ""}:${entry}`;
}

function fields(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), textarea, select")];
}

function keep(form: HTMLFormElement): void {
  const draft = fields(form).map((field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value));
  sessionStorage.setItem(draftOf(form), JSON.stringify(draft));
}

function restore(form: HTMLFormElement): void {
  const kept = sessionStorage.getItem(draftOf(form));
  if (!kept) return;
  const draft = JSON.parse(kept) as (boolean | string)[];
  fields(form).forEach((field, index) => {
    const value = draft[index];
    if (typeof value === "boolean") field.checked = value;
    else if (value !== undefined) field.value = value;
  });
}
