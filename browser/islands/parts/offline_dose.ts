// How much drug went in while there is no contact: worked out on this tablet from the last rate it
// heard of and from what was tapped on it. Said to be so, beside the last number of the server, and
// never in its place.
import { type Act } from "./outbox.ts";
import { clock } from "./words.ts";

/** How the pump stood when the server was last heard. */
export interface PumpAhead {
  /** When, by the server's clock. */
  at: number;
  /** Delivered by then, in mg. */
  mg: number;
  /** Running at, in mL/h; 0 while paused or not begun. */
  rate: number;
  /** What it runs at when it starts or is resumed, in mL/h. */
  resumes_at: number;
  /** In mg/mL. */
  concentration: number;
  /** What the bag held, in mg: no more than this can be given. */
  contents: number;
  ended: boolean;
}

const HOUR = 3_600_000;

/** Milligrams by now; nothing where it cannot be worked out. */
// Hazard: H23
export function reckoned(pump: PumpAhead, acts: Act[], now: number): number | undefined {
  // What a correction changes is worked out from the whole record, which is not here.
  if (acts.some(({ act }) => act === "correct")) return undefined;
  let { mg, at, rate, resumes_at: resumesAt, ended } = pump;
  const until = (moment: number): void => {
    if (moment <= at) return;
    mg += (rate * pump.concentration * (moment - at)) / HOUR;
    at = moment;
  };
  for (const { act, fields, happenedAt } of [...acts].sort((one, other) => one.happenedAt - other.happenedAt)) {
    until(happenedAt);
    const number = (name: string): number => Number(fields.find(([field]) => field === name)?.[1] ?? Number.NaN);
    if (ended) continue;
    if (act === "start" || act === "resume") rate = resumesAt;
    else if (act === "pause") rate = 0;
    else if (act === "rate") rate = resumesAt = number("rate");
    else if (act === "bolus") mg += number("amount");
    else if (act === "stop") {
      rate = 0;
      ended = true;
    }
  }
  until(now);
  // A number that could not be read makes all of it unknown.
  return Number.isFinite(mg) ? Math.min(mg, pump.contents) : undefined;
}

/** In words, with its mark. */
export function reckonedSays(pump: PumpAhead, mg: number, since: number): string {
  const volume = (mg / pump.concentration).toFixed(1);
  const empty = mg >= pump.contents ? " By these rates the bag should be empty: look at the pump." : "";
  return `About ${mg.toFixed(1)}\u00a0mg, ${volume}\u00a0mL: worked out on this tablet since ${clock(since).slice(0, 5)}.${empty}`;
}
