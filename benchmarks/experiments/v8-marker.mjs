// A line in V8's own trace, which is buffered apart from what scripts print: a deoptimisation made on purpose.
export const marker = "steadyStateMarker";

/** Needs --allow-natives-syntax. */
export function steadyState() {
  const optimise = new Function(
    "f",
    "%PrepareFunctionForOptimization(f); f(1); f(1); %OptimizeFunctionOnNextCall(f); f(1)",
  );
  optimise(steadyStateMarker);
  steadyStateMarker("not a number");
}

function steadyStateMarker(value) {
  return value - 1;
}
