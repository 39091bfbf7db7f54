// Layers on two threads in a page that is hidden, and shown again. Logs JSON.
import { pause, training } from "./training.mjs";

const [team, alone] = [await training(2), await training(1)];
const { bits } = await alone.step();
const strange = [];
globalThis.stepsWhileHidden = 0;
while (globalThis.stepsWhileHidden < 3 || document.hidden) {
  const made = await team.step();
  if (made.bits !== bits) strange.push(made);
  if (document.hidden) globalThis.stepsWhileHidden++;
  await pause();
}
console.log(JSON.stringify({ strange, threads: team.backend.capabilities.threads }));
