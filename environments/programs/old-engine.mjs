// A step of training where the engine has neither BigInt64Array nor Symbol.dispose. Logs JSON.
delete globalThis.BigInt64Array;
delete globalThis.BigUint64Array;
const NewSymbol = Symbol;
const { dispose, asyncDispose, prototype, length, name, ...others } = Object.getOwnPropertyDescriptors(NewSymbol);
globalThis.Symbol = Object.defineProperties((description) => NewSymbol(description), others);

const { BatchNorm2d, createBackend } = await import("batchnorm");
const backend = await createBackend({ threads: 2 });
const bn = new BatchNorm2d(backend, 2);
const x = backend.tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 1, 2]);
const y = bn.forward(x);
const dx = bn.backward(x);
const state = await bn.stateDict();
const values = [y, dx].map(({ values }) => [...values]);
console.log(JSON.stringify({ choice: backend.choice, values, state: JSON.stringify(state) }));
backend.close();
