import { chromium } from "./chromium.js";
import type { Component } from "./component.js";
import { engines } from "./engines.js";
import { firefox } from "./firefox.js";
import { pytorch } from "./pytorch.js";
import { tfjsNode } from "./tfjs-node.js";
import { webkit } from "./webkit.js";

/** Those that backends, and what they are compared with, run on. */
export const backendComponents: readonly Component[] = [chromium, pytorch, tfjsNode];

/** Every component that this project knows, in the order in which people are shown them. */
export function components(): readonly Component[] {
  return [...backendComponents, ...engines, firefox, webkit];
}
