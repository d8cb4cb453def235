// Everything that the pages' scripts do, one behaviour a file. Every page but the live room works
// without any of it.
import { announceAdvisories } from "./parts/advisory_announcer.ts";
import { sendActs } from "./parts/act_sender.ts";
import { liveBoard } from "./parts/board_live.ts";
import { keepDialogs } from "./parts/dialog_keeper.ts";
import { holdToStop } from "./parts/hold_to_stop.ts";
import { keepTime } from "./parts/local_time.ts";
import { enterGoesOn } from "./parts/next_field.ts";
import { liveSession } from "./parts/session_live.ts";
import { switchTheme } from "./parts/theme_switch.ts";
import { writeColons } from "./parts/time_field.ts";

document.documentElement.classList.add("scripted");
switchTheme();
keepTime();
writeColons(document.body);

const board = document.getElementById("board");
if (board) {
  liveBoard(board);
  announceAdvisories(board);
}

const room = document.getElementById("room");
if (room) {
  const refresh = liveSession(room);
  const dialogs = keepDialogs(room);
  sendActs(room, dialogs, refresh);
  holdToStop(room, dialogs);
  enterGoesOn(room);
}
