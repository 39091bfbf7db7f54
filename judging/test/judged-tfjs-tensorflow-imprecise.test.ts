import { judged } from "./judged.js";

await judged("tfjs-tensorflow-imprecise");
