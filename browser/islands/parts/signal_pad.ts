// The patient's signal: the whole dark surface is one target, read with eyes shut.
//
// One touch: all is well. Two touches, or a hold until the first buzz: come quietly. Three touches
// or more, or a hold until the long buzz: now. What is unclear is read as the graver of the two.
// The device buzzes once, twice or three times only when the server has stored it, and long when
// somebody has seen it. Until it is stored it is sent again, under the same number.

import { randomId } from "./words.ts";

type Meaning = "all-is-well" | "come-quietly" | "now";

/** A touch held for so long says more than a touch. */
const HELD = 1_000;
/** A touch held for so long cannot wait for its end. */
const HELD_LONG = 3_000;
/** So long after a touch another one still belongs to it. */
const TOGETHER = 800;
/** A timer that comes later than this was held up, and what was touched meanwhile may not be heard yet. */
const LATE = 100;
const BEAT_EVERY = 2_000;
const AGAIN_AFTER = 1_000;
const PATIENCE = 3_000;
/** The server says something every second: after so long it is gone. */
const SILENT_AFTER = 5_000;

const BUZZES: Record<Meaning, number[]> = {
  "all-is-well": [120],
  "come-quietly": [120, 150, 120],
  now: [120, 150, 120, 150, 120],
};
const SEEN = [900];
const NOT_SENT = [60, 60, 60, 60, 60, 60, 60];
const ASKED = [40];

interface State {
  gone: boolean;
  says: string;
  given: number | null;
  answered: boolean;
  test: boolean;
}

// Hazard: H60
export function signalPad(pad: HTMLElement): void {
  const surface = document.getElementById("signal-surface");
  const says = document.getElementById("signal-says");
  if (!surface || !says) return;
  pad.hidden = false;
  const csrf = pad.dataset["csrf"] ?? "";
  const path = (name: string): string => pad.dataset[name] ?? "";
  const buzz = (pattern: number[]): void => void navigator.vibrate?.(pattern);
  const show = (text: string): void => {
    for (const place of [says, document.getElementById("signal-heard")]) {
      if (place && place.textContent !== text) place.textContent = text;
    }
  };
  let sending = 0;

  const post = (to: string, fields: Record<string, string>): Promise<Response> =>
    fetch(to, {
      method: "POST",
      body: new URLSearchParams({ csrf, ...fields }),
      headers: { Accept: "application/json" },
      redirect: "error",
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });

  /** Another page asks for the code: this device is no signal any more. */
  const gone = (): void => {
    buzz(NOT_SENT);
    location.replace("/signal");
  };

  const give = async (meaning: Meaning): Promise<void> => {
    const fields = { meaning, command_id: randomId() };
    sending += 1;
    show(path("sending"));
    for (;;) {
      const answer = await post(path("give"), fields).catch(() => undefined);
      if (answer?.status === 410) return gone();
      if (answer?.ok) break;
      show(path("notSent"));
      buzz(NOT_SENT);
      await new Promise((wait) => setTimeout(wait, AGAIN_AFTER));
    }
    sending -= 1;
    buzz(BUZZES[meaning]);
    document.dispatchEvent(new CustomEvent("evenkeel:signal", { detail: meaning }));
  };

  // Touches, read together.
  let touches = 0;
  let down: number | undefined;
  /** What this touch means was said before it ended. */
  let said = false;
  let timers: number[] = [];
  const forget = (): void => {
    timers.forEach(clearTimeout);
    timers = [];
  };
  const fire = (meaning: Meaning): void => {
    forget();
    touches = 0;
    void give(meaning);
  };
  // How long a touch lasted is told by the times of its events: on a page that was blocked, timers
  // come late, and a graver meaning would be read as a milder one.
  const press = (at: number): void => {
    if (down !== undefined) return;
    forget();
    down = at;
    said = false;
    keepAwake();
    const since = performance.now() - at;
    timers.push(
      window.setTimeout(() => buzz(ASKED), HELD - since),
      window.setTimeout(() => {
        said = true;
        fire("now");
      }, HELD_LONG - since),
    );
  };
  const release = (at: number): void => {
    if (down === undefined) return;
    forget();
    const held = at - down;
    down = undefined;
    if (said) return;
    if (held >= HELD_LONG) return fire("now");
    if (held >= HELD) return fire(touches > 0 ? "now" : "come-quietly");
    touches += 1;
    if (touches >= 3) return fire("now");
    const due = performance.now() + TOGETHER;
    const end = (): void => fire(touches >= 2 ? "come-quietly" : "all-is-well");
    timers.push(
      window.setTimeout(() => {
        if (performance.now() - due > LATE) timers.push(window.setTimeout(end, LATE));
        else end();
      }, TOGETHER),
    );
  };
  surface.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    // A finger that slides off the edge still belongs to its touch.
    if (event.isTrusted) surface.setPointerCapture(event.pointerId);
    press(event.timeStamp);
  });
  for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, (event) => release(event.timeStamp));
  surface.addEventListener("contextmenu", (event) => event.preventDefault());
  surface.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) press(event.timeStamp);
  });
  surface.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") release(event.timeStamp);
  });

  // The device stays awake where it can; where it cannot, the beat stops and the room is told.
  let lock: WakeLockSentinel | undefined;
  const keepAwake = (): void => {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    void navigator.wakeLock
      ?.request("screen")
      .then((got) => {
        lock = got;
      })
      .catch(() => undefined);
  };
  document.addEventListener("visibilitychange", keepAwake);
  keepAwake();

  // A sign of life, and the answer.
  // Both ways: a stream that still flows does not mean that a call would arrive.
  let heard = performance.now();
  let reached = heard;
  let known: State | undefined;
  const beat = async (): Promise<void> => {
    const answer = await post(path("beat"), {}).catch(() => undefined);
    if (answer?.status === 410) return gone();
    if (answer?.ok) reached = performance.now();
  };
  setInterval(() => void beat(), BEAT_EVERY);
  void beat();
  const follow = (): void => {
    const stream = new EventSource(path("live"));
    stream.addEventListener("signal", (event) => {
      heard = performance.now();
      const state = JSON.parse((event as MessageEvent<string>).data) as State;
      if (state.gone) return gone();
      if (state.answered && known && !(known.answered && known.given === state.given)) buzz(SEEN);
      if (state.test && !known?.test) buzz(ASKED);
      known = state;
      const silent = performance.now() - reached > SILENT_AFTER;
      if (sending === 0 && !silent) show(state.test ? path("testAsked") : state.says);
    });
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(follow, AGAIN_AFTER);
    });
  };
  follow();
  setInterval(() => {
    const silent = performance.now() - Math.min(heard, reached) > SILENT_AFTER;
    if (silent && sending === 0) show(path("silent"));
  }, 1_000);
}
