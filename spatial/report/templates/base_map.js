"use strict";
// The base map that the office has chosen: off until the reader switches it on. A key
// that the reader fills in stays in this closure and is gone with the page.
(function () {
  const base = JSON.parse(document.getElementById("map-data").textContent).base_map;
  const box = document.getElementById("base-map-on");
  const key = document.getElementById("base-map-key");
  const state = document.getElementById("base-map-state");

  document.addEventListener("map-made", (event) => {
    const { map, wide } = event.detail;
    const group = L.layerGroup();

    function show() {
      group.clearLayers();
      state.textContent = "";
      const typed = key ? key.value.trim() : "";
      if (key && !typed) {
        box.checked = false;
        state.textContent = base.no_key;
        key.focus();
        return;
      }
      base.urls.forEach((url) => {
        const tiles = L.tileLayer(url, {
          key: encodeURIComponent(typed),
          zoomOffset: base.zoom_offset,
          minZoom: 0, maxZoom: 24,
          minNativeZoom: Math.max(0, -base.zoom_offset),
          maxNativeZoom: base.max_level - base.zoom_offset,
          // degrees are not square on this map, so a square of degrees is not either
          tileSize: base.grid === "geographic" ? L.point(256 * wide, 256) : 256,
          noWrap: true, bounds: [[-90, -180], [90, 180]],
          keepBuffer: 1, updateWhenZooming: false,
        });
        tiles.on("tileerror", () => { state.textContent = base.failed; });
        tiles.addTo(group);
      });
      group.addTo(map);
    }

    box.addEventListener("change", () => {
      if (box.checked) show(); else { group.remove(); state.textContent = ""; }
    });
    if (key) key.addEventListener("change", () => { if (box.checked) show(); });
    document.querySelectorAll(".base-map .choice").forEach((one) => { one.hidden = false; });
  });
})();
