export { chromium } from "./chromium.js";
export type { Absent, Component, Presence, Present } from "./component.js";
export { components } from "./components.js";
export { demand } from "./demand.js";
export { describePresence } from "./describe-presence.js";
export { ComponentError, type ComponentErrorCode } from "./errors.js";
export { provision } from "./provision.js";
export { pytorch } from "./pytorch.js";
export { required } from "./required.js";
