"use strict";
const report = JSON.parse(document.getElementById("report-data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const drawn = [];
const coarse = matchMedia("(pointer: coarse)").matches;
// Unless it is told not to, plotly offers to upload what it draws.
const CONFIG = {
  responsive: true, displaylogo: false, displayModeBar: coarse ? false : "hover",
  showSendToCloud: false, plotlyServerURL: "",
};
const PRINTED_WIDTH = 660;  // pixels of a sheet of A4 between its margins

// What a reader's theme decides; the colours of trials are the same in both.
function themed(isDark) {
  const ink = isDark ? "#e6e9ed" : "#1b1f24";
  const grid = isDark ? "#343b44" : "#e3e7eb";
  const changes = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font.color": ink,
    "hoverlabel.bgcolor": isDark ? "#2a3038" : "#ffffff",
    "hoverlabel.font.color": ink,
  };
  for (const axis of ["xaxis", "yaxis"]) {
    changes[`${axis}.gridcolor`] = grid;
    changes[`${axis}.linecolor`] = grid;
    changes[`${axis}.zerolinecolor`] = grid;
  }
  return changes;
}

function layoutOf(figure) {
  return {
    ...figure.layout,
    height: figure.height,
    autosize: true,
    margin: {l: 50, r: 12, t: 40, b: 45},
    font: {family: "system-ui, sans-serif", size: 12},
    legend: {orientation: "h", x: 0, y: 1.02, yanchor: "bottom"},
    showlegend: figure.traces.some(trace => trace.showlegend !== false),
    hovermode: "closest",
    hoverlabel: {align: "left", namelength: -1},
    modebar: {bgcolor: "rgba(0,0,0,0)"},  // on a page without a colour of its own plotly's is dark
    dragmode: coarse ? false : "zoom",
  };
}

function draw(figure) {
  const place = document.getElementById(`figure-${figure.name}`);
  for (const trace of figure.traces) {
    if (trace.customdata) {
      trace.hovertext = trace.customdata.map(number => report.trials[number] ?? "");
      trace.hoverinfo = "text";
    }
  }
  const layout = layoutOf(figure);
  for (const [path, value] of Object.entries(themed(dark.matches))) put(layout, path.split("."), value);
  return Plotly.newPlot(place, figure.traces, layout, CONFIG);
}

function put(mapping, [step, ...rest], value) {
  if (rest.length) put(mapping[step] ??= {}, rest, value);
  else mapping[step] = value;
}

function relayoutAll(changes) {
  for (const figure of drawn) Plotly.relayout(`figure-${figure.name}`, changes);
}

dark.addEventListener("change", () => relayoutAll(themed(dark.matches)));
addEventListener("beforeprint", () => relayoutAll({...themed(false), autosize: false, width: PRINTED_WIDTH}));
addEventListener("afterprint", () => relayoutAll({...themed(dark.matches), autosize: true, width: null}));

// One after another, so that the page can be read and scrolled meanwhile.
async function drawAll() {
  for (const figure of report.figures) {
    await draw(figure);
    drawn.push(figure);
    await new Promise(resolve => setTimeout(resolve));
  }
  document.documentElement.dataset.drawn = drawn.length;
}
drawAll();
