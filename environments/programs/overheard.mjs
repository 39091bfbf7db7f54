// For a program that draws random numbers and logs: the same numbers everywhere, and all that it logs as one JSON.
let state = 12345;
Math.random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const heard = [];
const { log } = console;
console.log = (value) => heard.push(ArrayBuffer.isView(value) ? [...value] : value);

export const tell = () => log(JSON.stringify(heard));
