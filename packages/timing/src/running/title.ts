import { shapeOf } from "../cases/schema.js";
import type { Progress } from "./groups.js";

/** How far a run is, and what is timed: `3 of 9, 40 s left: ...` */
export function groupTitle({ done, of, group, left }: Progress): string {
  const { set, dtype } = group.case;
  const about = `${set} ${shapeOf(group.case)}${dtype === "float32" ? "" : ` ${dtype}`}`;
  return `${done + 1} of ${of}, ${left === null ? "time left not known yet" : `${durationOf(left)} left`}: ${about}`;
}

/** `40 s`, `7 min` */
function durationOf(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}
