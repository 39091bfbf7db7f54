import { chromium } from "./chromium.js";
import type { Component } from "./component.js";
import { pytorch } from "./pytorch.js";
import { tfjsNode } from "./tfjs-node.js";

/** Every component that this project knows, in the order in which people are shown them. */
export function components(): readonly Component[] {
  return [chromium, pytorch, tfjsNode];
}
