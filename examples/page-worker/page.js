const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

worker.onmessage = ({ data }) => {
  for (const [id, text] of Object.entries(data)) document.getElementById(id).textContent = text;
};
worker.onerror = ({ message }) => {
  document.getElementById("backend").textContent = `the worker failed: ${message}`;
};
