// While there is no contact the room goes on: the acts that fit what was tapped on this tablet, the
// time since the start, what the pump has given, and when vital signs are due, each said to be the
// tablet's own; emergency cards open and are ticked.
import { replaceActs } from "./dialog_keeper.ts";
import type { Keeper } from "./kept_room.ts";
import { showCards } from "./offline_cards.ts";
import { reckoned, reckonedSays } from "./offline_dose.ts";
import { type Act, standing, underWay, whenChanged } from "./outbox.ts";
import { serverNow } from "./tablet_clock.ts";
import { clock, say } from "./words.ts";

const LEADS_TO: Record<string, string> = {
  "check-in": "preparation",
  start: "infusion",
  pause: "paused",
  resume: "infusion",
  dose: "infusion",
  stop: "stopped",
  "end-dosing": "observation",
  observation: "observation",
  discharge: "discharged",
  cancel: "cancelled",
};
/** Stages whose schedule is the same. */
const SCHEDULE: Record<string, string> = { infusion: "dosing", paused: "dosing", stopped: "after", observation: "after" };

/** Follows what was tapped; `refresh` reads the server's own parts of the room anew. */
export function goOnWithoutContact(room: HTMLElement, keeper: Keeper, refresh: () => void): void {
  let acts: Act[] = [];
  let shown = "";

  const follow = async (): Promise<void> => {
    const session = room.dataset["session"] ?? "";
    const { mine } = await standing();
    const here = mine.filter(({ waiting, act }) => waiting.session === session && act.notTaken === undefined);
    acts = here.map(({ act }) => act);
    // One that is being tried is answered in a moment, by the server.
    showCards(room, keeper.cards(), here.filter(({ waiting }) => !underWay.has(waiting.id)).map(({ act }) => act));
    const stage = stageNow();
    const ahead = keeper.ahead();
    if (!ahead || stage === undefined) {
      // The server has taken it, or has not: where the session stands it says itself.
      if (shown !== "") refresh();
      shown = "";
      return;
    }
    if (stage === shown) return;
    shown = stage;
    const next = ahead.acts[stage];
    if (next !== undefined) replaceActs(room, next);
    say(document.querySelector(".stage"), `${ahead.says[stage] ?? stage}, on this tablet`);
    // It is not the server's any more, and is put back even where that says the same as before.
    document.getElementById("room-banner")?.removeAttribute("data-html");
  };

  /** Where the session stands by what was tapped here; nothing while the server knows better. */
  const stageNow = (): string | undefined =>
    acts.map((act) => LEADS_TO[act.act]).filter((stage) => stage !== undefined).at(-1);

  const tick = (): void => {
    const ahead = keeper.ahead();
    const silent = ahead !== undefined && room.classList.contains("is-silent");
    const now = serverNow();
    given(silent ? ahead : undefined, now);
    if (!silent) return;
    const start = acts.find((act) => act.act === "start")?.happenedAt ?? ahead.started_at;
    const elapsed = document.getElementById("room-elapsed");
    if (start !== null && start !== undefined) say(elapsed, `${since(now - start)} by this tablet’s clock`);
    // The tablet knows when vital signs are due, and of nothing else: the other clocks stay.
    const due = document.querySelector<HTMLElement>('#room-due [data-check="vital-signs"]');
    const next = dueNext(now, ahead.stage, ahead.due);
    if (due) {
      due.className = `due is-${next.state}`;
      say(due.querySelector(".due-says"), next.says);
    } else if (!document.querySelector("#room-due [data-check]")) {
      say(document.getElementById("room-due"), `Vital signs ${next.says}`);
    }
  };

  const given = (ahead: ReturnType<Keeper["ahead"]>, now: number): void => {
    const place = document.getElementById("dose-worked-out");
    if (!place) return;
    const pump = ahead?.pump;
    const mg = pump ? reckoned(pump, acts, now) : undefined;
    place.hidden = !pump || (pump.mg === 0 && pump.rate === 0 && acts.length === 0);
    if (pump) say(place, mg === undefined ? "What was given since is not known on this tablet: look at the pump." : reckonedSays(pump, mg, pump.at));
  };

  const dueNext = (now: number, stage: string, marks: [number, number][]): { state: string; says: string } => {
    const local = stageNow() ?? stage;
    const unknown = { state: "waiting", says: "as the session pack says" };
    if (SCHEDULE[local] !== SCHEDULE[stage]) return unknown;
    const taken = acts
      .filter((act) => act.act === "vital-signs")
      .map((act) => act.happenedAt)
      .at(-1);
    // A set that was taken up to the tolerance before a mark serves it.
    const next = marks.find(([at, overdue]) => taken === undefined || at > taken + (overdue - at));
    if (!next) return unknown;
    const [at, overdue] = next;
    const time = clock(at).slice(0, 5);
    const [state, says] = now >= overdue ? ["overdue", `overdue since ${time}`] : now >= at ? ["due", "now"] : ["waiting", time];
    return { state, says: `${says} by this tablet’s clock` };
  };

  whenChanged(() => void follow());
  void follow();
  setInterval(tick, 1_000);
}

/** `T+22:40`, and `T+1:02:40` from one hour on. */
function since(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  return `T+${hours > 0 ? `${hours}:${two(minutes)}` : two(minutes)}:${two(seconds % 60)}`;
}
