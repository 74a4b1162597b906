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

  // On a narrow screen labels take more of the width, and a legend more lines.
  const NARROW = 560;

  const fitted = (layout, width) => {
    const whole = layout.width ?? 720;
    const chosen = Math.max(260, Math.min(whole, Math.floor(width)));
    const fit = { ...layout, width: chosen };
    if (chosen >= NARROW) return fit;
    const margin = { ...layout.margin };
    margin.l = Math.min(margin.l ?? 60, 48);
    margin.r = Math.min(margin.r ?? 20, 12);
    if (layout.showlegend && layout.legend?.orientation === "h") {
      margin.t = (margin.t ?? 40) + 44;
      fit.height = (layout.height ?? 450) + 44;
    }
    fit.margin = margin;
    fit.font = { ...layout.font, size: 11 };
    return fit;
  };

  const draw = async (place) => {
    const name = place.dataset.figure;
    await load("plotly.min.js");
    await load(`figures/${name}.js`);
    const { data, layout, frames } = structuredClone(window.gradlabFigures[name]);
    const drawn = fitted(layout, place.clientWidth);
    const configuration = { displaylogo: false, responsive: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] };
    // A drag over a figure must scroll the page on a touch screen.
    if (window.matchMedia("(pointer: coarse)").matches) drawn.dragmode = false;
    await window.Plotly.newPlot(place, data, drawn, configuration);
    if (frames.length) await window.Plotly.addFrames(place, frames);
    place.style.minHeight = "";
    place.dataset.drawn = "yes";
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth && place.clientWidth !== width) {
        width = place.clientWidth;
        const { width: across, height, margin } = fitted(layout, width);
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
