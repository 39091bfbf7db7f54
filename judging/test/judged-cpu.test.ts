import { judged } from "./judged.js";

await judged("cpu");
