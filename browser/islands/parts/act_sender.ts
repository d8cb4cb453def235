// Sends an act and says what became of it. It is on the tablet before anything is said; "Saved" is
// said only after the server has said so; without contact the act waits on the tablet, is said to
// be saved there and nowhere else, and goes out by itself.
import { type Dialogs, freshId } from "./dialog_keeper.ts";
import { type Act, type Answer, keep, leave, post, sendWaiting, standing, stirred, tapped, underWay } from "./outbox.ts";
import { type Holder, askWho, canKeep, holder } from "./tablet_key.ts";

const AGAIN_AFTER = 2_000;
const SIGNED_OUT: Answer = { problem: "Not saved: you are signed out. Sign in again." };
/** What needs the whole record in view, or another device. */
const WITH_CONTACT = new Set(["sign", "signal-test", "signal-seen", "signal-end"]);

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
    const act = read(form, button);
    form.dataset["sending"] = "";
    button?.setAttribute("aria-busy", "true");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    overall("", false);
    say(form, "Saving…");
    // A store that fails must not keep an act from the server. What may have been sent already is
    // sent again under the same id, and is done once.
    const answer = await (canKeep() ? keptFirst(act).catch(() => withoutStore(form, act)) : withoutStore(form, act));
    delete form.dataset["sending"];
    button?.removeAttribute("aria-busy");
    show(form, answer);
  };

  /** On the tablet first; then to the server, unless something that was tapped before still waits. */
  const keptFirst = async (act: Act): Promise<Answer | "on-the-tablet"> => {
    const csrf = act.fields.find(([name]) => name === "csrf")?.[1] ?? "";
    if (WITH_CONTACT.has(act.act)) {
      // Said as a fault, so that an earlier try whose end nobody knows keeps its id.
      if (!navigator.onLine) return { fault: "Not sent: this needs contact. Do it when contact is back." };
      const answer = await post(act, csrf);
      if (answer === "signed-out") return SIGNED_OUT;
      if (answer === "no-contact") return { fault: "Not known whether it was done. Look at the record, then try again." };
      return "faulted" in answer ? { fault: answer.faulted } : answer;
    }
    const who = (await holder()) ?? (await signedIn());
    if (!who) return { problem: "Not saved: this tablet is locked. Sign in again; until then chart on paper." };
    const session = room.dataset["session"] ?? "";
    const before = (await standing()).mine.some(({ waiting, act: other }) => waiting.session === session && other.notTaken === undefined);
    const id = act.fields.find(([name]) => name === "command_id")?.[1] ?? "";
    underWay.add(id);
    const place = await keep(who, session, act).catch(() => undefined);
    if (place === undefined) return { fault: "Not saved: this tablet has no room left. Chart on paper." };
    const prompt: [string, string][] = [["tapped_at", String(act.happenedAt)]];
    const answer = before || !navigator.onLine ? "no-contact" : await post(act, csrf, prompt);
    if (answer === "no-contact" || answer === "signed-out" || "faulted" in answer) {
      underWay.delete(id);
      stirred();
      sendWaiting();
      return "on-the-tablet";
    }
    // Once it has left it stays under way: a pass that read it before must not send it once more,
    // for what was refused at once would then be charted as done without contact.
    await leave(place).catch((fault: unknown) => {
      underWay.delete(id);
      throw fault;
    });
    return answer;
  };

  /** Where the browser keeps nothing: the page itself tries until there is an answer. */
  const withoutStore = async (form: HTMLFormElement, act: Act): Promise<Answer> => {
    const csrf = act.fields.find(([name]) => name === "csrf")?.[1] ?? "";
    unanswered += 1;
    for (;;) {
      const answer = await post(act, csrf);
      if (answer !== "no-contact" && (answer === "signed-out" || !("faulted" in answer))) {
        unanswered -= 1;
        return answer === "signed-out" ? SIGNED_OUT : answer;
      }
      const why = answer === "no-contact" ? "Not saved yet: no contact." : answer.faulted;
      say(form, `${why} Trying again.`, true);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    }
  };

  const show = (form: HTMLFormElement, answer: Answer | "on-the-tablet"): void => {
    if (answer === "on-the-tablet" || answer.saved) {
      delete form.dataset["kept"];
      say(form, "");
      if (answer === "on-the-tablet") overall("On this tablet: saved. On the server: not yet.", false);
      else overall(`Saved ${answer.at ?? ""}`, false);
      dialogs.saved(form);
      freshId(form);
      if (answer !== "on-the-tablet") refresh();
      return;
    }
    // After a fault nobody knows for certain: the next try is the same command, not a second one.
    if (answer.fault !== undefined) form.dataset["kept"] = "";
    else {
      delete form.dataset["kept"];
      freshId(form);
    }
    say(form, answer.refused ?? answer.problem ?? answer.fault ?? "Not saved.", true);
    const field = answer.field ? form.querySelector<HTMLElement>(`[name="${CSS.escape(answer.field)}"]`) : null;
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
    if (answer.refused !== undefined) refresh();
  };
}

/** Who is signed in, where the key of this tablet has not come yet. */
async function signedIn(): Promise<Holder | undefined> {
  const who = await askWho();
  return typeof who === "string" ? undefined : who;
}

/** What was tapped, as it will be sent, and in a few words. */
function read(form: HTMLFormElement, button: HTMLElement | null): Act {
  const fields: [string, string][] = [];
  for (const [name, value] of new FormData(form, button)) fields.push([name, String(value)]);
  const title = form.closest("dialog")?.querySelector("h2")?.firstChild?.textContent ?? button?.textContent ?? "";
  const head = new Set(["csrf", "command_id", "session", "patient", "act", "entry", "opening"]);
  const values = fields.filter(([name, value]) => !head.has(name) && value !== "").map(([, value]) => value);
  return {
    url: form.action,
    act: form.dataset["act"] ?? "",
    fields,
    says: `${title.trim()}${values.length > 0 ? `: ${values.join(", ")}` : ""}`,
    ...tapped(),
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
