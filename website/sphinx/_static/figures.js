// Draws each figure when it comes into view. plotly.js and a figure's data are scripts that all pages share.
(() => {
  "use strict";
  window.gradlabFigures = {};
  const root = document.documentElement.dataset.content_root ?? "./";
  const scripts = new Map();

  const load = (path) => {
    if (!scripts.has(path)) {
      scripts.set(path, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `${root}_static/${path}`;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${path} cannot be loaded`));
        document.head.append(script);
      }));
    }
    return scripts.get(path);
  };

  // On a narrow screen labels take more of the width, a legend more lines, and a map stays a square.
  const NARROW = 560;
  const LEGEND_LINES = 44;
  // A drawing with so many labels inside is not made narrower, where they would cover one another: it scrolls.
  const MANY_LABELS = 8;

  const fitted = (data, layout, width) => {
    const chosen = Math.max(260, Math.min(layout.width ?? 720, Math.floor(width)));
    const fit = { ...layout, width: chosen };
    if (chosen >= NARROW) return { data, layout: fit };
    if ((layout.annotations ?? []).length > MANY_LABELS) return { data, layout: { ...layout } };
    const margin = { t: 40, b: 60, ...layout.margin, l: Math.min(layout.margin?.l ?? 60, 48), r: 12 };
    const below = (layout.height ?? 450) - margin.t - margin.b;
    let plot = below;
    if (layout.yaxis?.scaleanchor) {
      plot = Math.min(below, chosen - margin.l - margin.r);
      // What stands under the plot is placed in shares of its height.
      const moved = (part) => (part.y < 0 ? { ...part, y: (part.y * below) / plot } : part);
      for (const kind of ["sliders", "updatemenus"]) if (layout[kind]) fit[kind] = layout[kind].map(moved);
    }
    if (layout.legend?.orientation === "h") margin.t += layout.showlegend === false ? LEGEND_LINES / 2 : LEGEND_LINES;
    fit.margin = margin;
    fit.height = plot + margin.t + margin.b;
    fit.font = { ...layout.font, size: 11 };
    return { data: data.map((trace) => ("z" in trace ? { ...trace, showscale: false } : trace)), layout: fit };
  };

  const draw = async (place) => {
    const name = place.dataset.figure;
    await load("plotly.min.js");
    await load(`figures/${name}.js`);
    const { data, layout, frames } = structuredClone(window.gradlabFigures[name]);
    const drawn = fitted(data, layout, place.clientWidth);
    const configuration = { displaylogo: false, responsive: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] };
    // A drag over a figure must scroll the page on a touch screen.
    if (window.matchMedia("(pointer: coarse)").matches) drawn.layout.dragmode = false;
    await window.Plotly.newPlot(place, drawn.data, drawn.layout, configuration);
    if (frames.length) await window.Plotly.addFrames(place, frames);
    place.style.minHeight = "";
    if (drawn.layout.width > place.clientWidth) {
      place.tabIndex = 0;
      place.setAttribute("role", "group");
      place.setAttribute("aria-label", "A wide figure, which scrolls sideways");
    }
    place.dataset.drawn = "yes";
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth && place.clientWidth !== width) {
        width = place.clientWidth;
        const { width: across, height, margin } = fitted(data, layout, width).layout;
        window.Plotly.relayout(place, { width: across, height, margin });
      }
    }).observe(place);
  };

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        seen.unobserve(target);
        draw(target).catch((error) => { target.textContent = `This figure cannot be drawn: ${error.message}.`; });
      }
    }
  }, { rootMargin: "300px" });
  for (const place of document.querySelectorAll(".gradlab-plot")) seen.observe(place);
})();
