// Sends an act and says what became of it. "Saved" is said only after the server has said so;
// without contact the same act, under the same id, is tried until there is an answer.
import { type Dialogs, freshId } from "./dialog_keeper.ts";

const AGAIN_AFTER = 2_000;
/** A server that does not answer for so long is no contact. */
const PATIENCE = 8_000;

interface Answer {
  saved?: boolean;
  at?: string;
  refused?: string;
  problem?: string;
  field?: string;
  fault?: string;
}

/** Takes over every form of an act in the room. */
export function sendActs(room: HTMLElement, dialogs: Dialogs, refresh: () => void): void {
  let unanswered = 0;
  room.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["act"] === undefined) return;
    event.preventDefault();
    if (form.dataset["sending"] !== undefined) return;
    void send(form, event.submitter);
  });
  addEventListener("beforeunload", (event) => {
    if (unanswered > 0) event.preventDefault();
  });

  const send = async (form: HTMLFormElement, button: HTMLElement | null): Promise<void> => {
    if (!form.closest("dialog") && form.dataset["kept"] === undefined) freshId(form);
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, button)) body.append(name, String(value));
    form.dataset["sending"] = "";
    button?.setAttribute("aria-busy", "true");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    unanswered += 1;
    overall("", false);
    say(form, "Saving…");
    const answer = await untilAnswered(form, body);
    unanswered -= 1;
    delete form.dataset["sending"];
    button?.removeAttribute("aria-busy");
    show(form, answer);
  };

  const untilAnswered = async (form: HTMLFormElement, body: URLSearchParams): Promise<Answer> => {
    for (;;) {
      try {
        const response = await fetch(form.action, {
          method: "POST",
          body,
          headers: { Accept: "application/json" },
          redirect: "error",
          signal: AbortSignal.timeout(PATIENCE),
        });
        if (response.status === 401) return { problem: "Not saved: you are signed out. Sign in again." };
        const answer = (await response.json()) as Answer;
        return response.ok && answer.saved !== true
          ? { fault: "Not saved: the answer could not be understood." }
          : answer;
      } catch {
        say(form, "Not saved yet: no contact. Trying again.", true);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
      }
    }
  };

  const show = (form: HTMLFormElement, answer: Answer): void => {
    if (answer.saved) {
      delete form.dataset["kept"];
      say(form, "");
      overall(`Saved ${answer.at ?? ""}`, false);
      dialogs.saved(form);
      freshId(form);
      refresh();
      return;
    }
    // After a fault nobody knows for certain: the next try is the same command, not a second one.
    if (answer.fault !== undefined) form.dataset["kept"] = "";
    else freshId(form);
    say(form, answer.refused ?? answer.problem ?? answer.fault ?? "Not saved.", true);
    const field = answer.field ? form.querySelector<HTMLElement>(`[name="${CSS.escape(answer.field)}"]`) : null;
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
    if (answer.refused !== undefined) refresh();
  };
}

function say(form: HTMLFormElement, text: string, not = false): void {
  const place = form.querySelector(".panel-answer");
  if (!place) return overall(text, not);
  place.textContent = text;
  place.classList.toggle("is-refused", not);
}

/** The room's own line for what became of the last act. */
export function overall(text: string, not: boolean): void {
  const place = document.getElementById("answer");
  if (!place) return;
  if (text === "") return place.replaceChildren();
  const line = document.createElement("span");
  line.className = not ? "refusal" : text.startsWith("Saved") ? "saved" : "soft";
  line.textContent = text;
  place.replaceChildren(line);
}
