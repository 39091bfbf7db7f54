import { trainsByTape } from "./training.js";

await trainsByTape("tfjs-wasm");
