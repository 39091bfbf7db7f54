import { judged } from "./judged.js";

await judged("tfjs-cpu");
