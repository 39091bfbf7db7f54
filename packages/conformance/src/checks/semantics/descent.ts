import { expectThat } from "../../check.js";
import { type Bench, benchChecks } from "../bench.js";
import { expectValues } from "../values.js";
import { inferred, trained, unit, unitGradient } from "./by-channel.js";
import { passStep, shortCaseChecks } from "./short-case.js";

export const descentChecks = [
  ...shortCaseChecks("step", "a rate of 1/4", {
    options: { eps: 3 },
    judges: ["weight", "bias"],
    state: trained.state,
    steps: [
      passStep("train", { ...unit, dy: unitGradient }),
      { do: "step", rate: 0.25, expected: { weight: [3.5, -2.75], bias: [0, -3.5] } },
    ],
  }),
  ...benchChecks("freeze-parameters", "from freeze() to unfreeze()", frozenParameters),
];

async function frozenParameters({ layer, keep, tensor }: Bench): Promise<void> {
  const bn = layer(2, { eps: 3 });
  bn.loadStateDict(inferred.state);
  const x = tensor(unit.x, unit.shape);
  const dy = tensor(unitGradient, unit.shape);
  const train = () => {
    keep(bn.forward(x));
    keep(bn.backward(dy));
  };
  const flags = () => bn.parameters().map(({ requiresGrad }) => requiresGrad);
  bn.freeze({ parameters: true });
  expectThat(
    flags().every((flag) => !flag),
    "requiresGrad is true after freeze({ parameters: true })",
  );
  train();
  for (const { name, grad } of bn.parameters()) expectValues(`the gradient of ${name}`, await grad.data(), [0, 0]);
  bn.freeze();
  expectThat(
    flags().every((flag) => flag),
    "requiresGrad is false after freeze() of the statistics alone",
  );
  // a gradient from before
  train();
  bn.freeze({ parameters: true }).step(1);
  const state = await bn.stateDict();
  expectValues("weight after step() of a frozen layer", state.weight, inferred.state.weight);
  expectValues("bias after step() of a frozen layer", state.bias, inferred.state.bias);
  bn.unfreeze().eval();
  expectThat(
    flags().every((flag) => flag),
    "requiresGrad is false after unfreeze()",
  );
  bn.step(1);
  const moved = (await bn.stateDict()).bias?.[0];
  expectThat(moved !== inferred.state.bias[0], `bias[0] is still ${moved} after unfreeze() and step()`);
}
