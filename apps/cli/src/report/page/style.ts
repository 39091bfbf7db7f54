/** All the style there is: light and dark by the reader's system, colours that stay apart for the colour-blind. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --text: #1b1d20; --muted: #575d64; --line: #e4e5e3; --line-strong: #b9bdc1;
  --good: #0a6b4b; --good-page: #e2f3ec; --bad: #a3260f; --bad-page: #fbe8e4;
  --backend-1: #0067a5; --backend-2: #b84a00; --backend-3: #00795a; --backend-4: #97407c; --backend-5: #8a6100; --backend-6: #5a4fcf;
  --peer-1: #767b81; --peer-2: #4d5257; --peer-3: #8a5a5a; --peer-4: #4f6b5c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121416; --card: #1a1d20; --text: #e9ebed; --muted: #a6adb4; --line: #2c3136; --line-strong: #5a626a;
    --good: #6fd3ae; --good-page: #12352a; --bad: #ff9d87; --bad-page: #45190f;
    --backend-1: #62b6ee; --backend-2: #f2934e; --backend-3: #3fc79f; --backend-4: #e392c8; --backend-5: #dcb13c; --backend-6: #a9a2ff;
    --peer-1: #9ba2a9; --peer-2: #c6cbd0; --peer-3: #d1a3a3; --peer-4: #a3c4b2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, header, footer { max-width: 1160px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 44px; padding-bottom: 8px; }
h1 { font-size: 1rem; font-weight: 600; color: var(--muted); margin: 0 0 10px; }
.lead { font-size: clamp(1.4rem, 1.05rem + 1.6vw, 2.1rem); line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; margin: 0; max-width: 30em; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -0.01em; margin: 52px 0 8px; }
h3 { font-size: 1rem; margin: 24px 0 6px; }
p, ul { max-width: 70ch; margin: 8px 0; }
ul { padding-left: 1.2em; }
li { margin: 4px 0; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.muted { color: var(--muted); }
.verdicts { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; padding: 0; margin: 20px 0 0; max-width: none; }
.verdict { margin: 0; padding: 3px 14px; border-radius: 16px; font-size: 0.9rem; font-weight: 600; color: var(--good); background: var(--good-page); }
.verdict.bad { color: var(--bad); background: var(--bad-page); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 28px 0 0; padding: 0; }
.figures div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.figures dt { color: var(--muted); font-size: 0.88rem; line-height: 1.35; }
.figures dd { margin: 0 0 2px; font-size: 1.7rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 14px 0 10px; font-size: 0.92rem; max-width: none; }
.legend li { display: flex; align-items: center; gap: 7px; margin: 0; }
.legend svg { flex: none; width: 16px; height: 16px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 16px; align-items: start; }
.charts.two { grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 440px)); }
.charts + p { margin-top: 14px; }
.card { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 12px 8px; }
figcaption { font-weight: 650; padding: 0 4px 6px; }
svg.chart { display: block; width: 100%; height: auto; color: var(--text); font-family: inherit; font-variant-numeric: tabular-nums; }
.box { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 14px 0; }
.box:focus-visible, summary:focus-visible { outline: 2px solid var(--backend-1); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 12px 14px 4px; color: var(--muted); }
th, td { text-align: right; padding: 5px 14px; vertical-align: baseline; }
td { white-space: nowrap; }
td[colspan] { white-space: normal; text-align: left; }
th:first-child { text-align: left; background: var(--card); position: sticky; left: 0; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; }
th[scope="row"] { font-weight: 400; }
th[scope="rowgroup"] { padding-top: 12px; font-weight: 600; }
th[scope="rowgroup"] span { position: sticky; left: 10px; }
tbody tr:first-child th, tbody tr:first-child td { border-top: 1px solid var(--line); }
tr.peer { color: var(--muted); }
.aside { color: var(--muted); display: inline-block; min-width: 3.4em; }
.bad-text { color: var(--bad); font-weight: 600; }
details { margin: 14px 0; }
summary { cursor: pointer; font-weight: 600; width: fit-content; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.absent { overflow-wrap: anywhere; }
footer { margin-top: 56px; padding-top: 18px; padding-bottom: 48px; color: var(--muted); font-size: 0.9rem; }
footer p { max-width: 80ch; }
@media (max-width: 480px) {
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  header { padding-top: 28px; }
  h2 { margin-top: 40px; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures div:last-child:nth-child(odd) { grid-column: span 2; }
  .figures dd { font-size: 1.4rem; }
  .card { padding: 12px 6px 6px; }
  table { font-size: 0.82rem; }
  th, td { padding: 4px 5px; }
  th:first-child, caption { padding-left: 10px; }
  .aside { display: block; min-width: 0; }
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: 8px; }
}
`;
