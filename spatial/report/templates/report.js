"use strict";
// The report page: map, filter, search. Text from data reaches the page by
// textContent alone; there is no innerHTML here and no handler in the markup.
(function () {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const words = data.words;
  const rows = Array.from(document.querySelectorAll("table.sites tbody tr"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const layers = new Map(); // place of a site -> what is drawn of it
  const MANY = 3000; // features; beyond this SVG is slow and a canvas is used
  const LABELLED = 300; // sites; beyond this labels only hide the map
  let map = null;

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // -- map -------------------------------------------------------------------

  // Longitude and latitude as they are, so that edges stay straight; widened by
  // the middle latitude, so that shapes look as they do on the ground.
  function frame(latitude) {
    const wide = widened(latitude);
    return L.extend({}, L.CRS.EPSG4326, {
      transformation: new L.Transformation(wide / 180, wide, -1 / 180, 0.5),
    });
  }

  function widened(latitude) { return Math.cos((latitude * Math.PI) / 180); }

  // The tiles of a base map decide: most are in Web Mercator.
  function chosen() {
    const mercator = data.base_map && data.base_map.grid === "web_mercator";
    return mercator ? L.CRS.EPSG3857 : frame(data.latitude);
  }

  function makeMap() {
    const zones = data.kinds.reduce((sum, kind) => sum + kind.zones.filter((one) => one[2]).length, 0);
    const many = zones + 2 * data.sites.length > MANY;
    map = L.map("map", {
      crs: chosen(), attributionControl: false, zoomControl: false,
      zoomSnap: 0.25, minZoom: 2, maxZoom: 24, zoomAnimation: !calm, fadeAnimation: !calm,
      renderer: many ? L.canvas({ padding: 0.3 }) : L.svg({ padding: 0.3 }),
    });
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    addNorth();
    addFit();
    fit();
    addGraticule();
    addWindow();
    const drawn = addZones();
    addSites();
    document.dispatchEvent(new CustomEvent("map-made", { detail: { map, wide: widened(data.latitude), data, zones: drawn, stack } }));
  }

  function whole() {
    const [west, south, east, north] = data.bounds;
    return L.latLngBounds([south, west], [north, east]);
  }

  function fit() { map.fitBounds(whole(), { animate: false }); }

  function addNorth() {
    const control = L.control({ position: "topright" });
    control.onAdd = function () {
      const box = element("div", "", "north");
      const space = "http://www.w3.org/2000/svg";
      const arrow = document.createElementNS(space, "svg");
      arrow.setAttribute("width", "16");
      arrow.setAttribute("height", "22");
      arrow.setAttribute("aria-hidden", "true");
      [["8,0 0,22 8,16", "#1c2430"], ["8,0 16,22 8,16", "#aab2bc"]].forEach(([points, fill]) => {
        const half = document.createElementNS(space, "polygon");
        half.setAttribute("points", points);
        half.setAttribute("fill", fill);
        arrow.append(half);
      });
      box.append(arrow, words.north);
      return box;
    };
    control.addTo(map);
  }

  function addFit() {
    const control = L.control({ position: "topleft" });
    control.onAdd = function () {
      const button = element("button", words.fit, "fit");
      button.type = "button";
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", fit);
      return button;
    };
    control.addTo(map);
  }

  // -- graticule -------------------------------------------------------------

  const STEPS = [30, 20, 10, 5, 2, 1, 0.5, 1 / 3, 1 / 6, 1 / 12, 1 / 30, 1 / 60,
    1 / 120, 1 / 180, 1 / 360, 1 / 720, 1 / 1800, 1 / 3600];

  function degrees(value, positive, negative) {
    let seconds = Math.round(Math.abs(value) * 3600);
    const whole = Math.floor(seconds / 3600);
    seconds -= whole * 3600;
    const minutes = Math.floor(seconds / 60);
    seconds -= minutes * 60;
    const two = (one) => String(one).padStart(2, "0");
    const fine = seconds ? two(minutes) + "′" + two(seconds) + "″" : minutes ? two(minutes) + "′" : "";
    return whole + "°" + fine + (value < 0 ? negative : positive);
  }

  function addGraticule() {
    const group = L.layerGroup().addTo(map);
    map.createPane("graticule").style.zIndex = "350";
    const renderer = L.svg({ pane: "graticule", padding: 0.3 });
    const style = { renderer, color: "#c3cad2", weight: 0.8, dashArray: "3 4", interactive: false };
    const line = (points) => L.polyline(points, style).addTo(group);
    const label = (at, text, anchor) => L.marker(at, {
      interactive: false, keyboard: false,
      icon: L.divIcon({ className: "grid-label", html: element("span", text), iconSize: null, iconAnchor: anchor }),
    }).addTo(group);
    function draw() {
      group.clearLayers();
      const seen = map.getBounds();
      const span = Math.max(seen.getEast() - seen.getWest(), seen.getNorth() - seen.getSouth());
      const step = STEPS.find((one) => span / one >= 4) || STEPS[STEPS.length - 1];
      const first = (value) => Math.ceil(value / step);
      for (let at = first(seen.getWest()); at * step < seen.getEast(); at += 1) {
        line([[seen.getSouth(), at * step], [seen.getNorth(), at * step]]);
        label([seen.getNorth(), at * step], degrees(at * step, "E", "W"), [-3, 0]);
      }
      for (let at = first(seen.getSouth()); at * step < seen.getNorth(); at += 1) {
        line([[at * step, seen.getWest()], [at * step, seen.getEast()]]);
        label([at * step, seen.getEast()], degrees(at * step, "N", "S"), [62, 15]);
      }
    }
    map.on("moveend resize", draw);
    draw();
  }

  // Zones are cut off at the window: its border must not be taken for theirs.
  function addWindow() {
    const [west, south, east, north] = data.window;
    L.rectangle([[south, west], [north, east]], {
      color: "#8a94a0", weight: 1, dashArray: "8 6", fill: false, interactive: false,
    }).addTo(map);
  }

  // -- zones and sites -------------------------------------------------------

  // A site's mark: of another shape for each outcome, so that it needs no colour.
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const corners = this.options.corners;
      if (!corners.length) { L.CircleMarker.prototype._updatePath.call(this); return; }
      const { x, y } = this._point;
      const points = corners.map(([right, down]) => [x + right * this._radius, y + down * this._radius]);
      const brush = this._renderer._ctx; // of a canvas; SVG has none
      if (!brush) {
        this._renderer._setPath(this, this._empty() ? "M0 0" : "M" + points.join("L") + "Z");
      } else if (this._renderer._drawing && !this._empty()) {
        brush.beginPath();
        points.forEach((at) => brush.lineTo(at[0], at[1]));
        brush.closePath();
        this._renderer._fillStroke(brush, this);
      }
    },
  });

  function addZones() {
    const groups = data.kinds.map((kind, order) => {
      const group = L.layerGroup().addTo(map);
      const style = { color: kind.colour, weight: 1.4, dashArray: kind.dash || null, fillOpacity: kind.fill, className: "zone hatch-" + order };
      const told = (layer, [id, name]) => layer.bindTooltip(
        () => element("span", [kind.title, id, name === id ? "" : name].filter(Boolean).join(" · ")), { sticky: true });
      kind.zones.forEach((zone) => {
        if (!zone[2]) return; // no room for it here: see tiles.js
        const drawn = L.geoJSON(zone[2], {
          style, pointToLayer: (_, at) => L.circleMarker(at, Object.assign({ radius: 4 }, style)),
        });
        told(drawn, zone).addTo(group);
      });
      return { group, style, told };
    });
    document.querySelectorAll("#legend input[data-kind]").forEach((box) => {
      box.addEventListener("change", () => {
        const { group } = groups[Number(box.dataset.kind)];
        if (box.checked) group.addTo(map); else group.remove();
        stack();
      });
    });
    return groups;
  }

  function addSites() {
    data.sites.forEach(([place, id, name, outcome, geometry]) => {
      const colour = data.outcomes[outcome].colour;
      const dot = { corners: data.outcomes[outcome].corners, radius: 6.5, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 1, className: "site-dot" };
      const shape = L.geoJSON(geometry, {
        style: { color: colour, weight: 2.2, fillColor: colour, fillOpacity: 0.35, className: "site-shape" },
        pointToLayer: (_, at) => new Mark(at, dot),
      });
      const bounds = shape.getBounds();
      const mark = new Mark(bounds.getCenter(), dot);
      const group = L.featureGroup([shape, mark]).addTo(map);
      group.bindPopup(() => popup(place, id, name, outcome));
      group.on("click", () => choose(place));
      if (data.sites.length <= LABELLED) {
        mark.bindTooltip(element("span", data.outcomes[outcome].sign + " " + id), { permanent: true, direction: "right", offset: [5, 0], className: "site-label" });
      }
      layers.set(place, { group, mark, bounds, outcome, visible: true });
    });
    map.on("zoomend", arrange);
    arrange();
  }

  // What is switched on again comes last: put the sites back on top, gravest last.
  function stack() {
    layers.forEach((one) => { if (one.visible) one.group.bringToFront(); });
  }

  function popup(place, id, name, outcome) {
    const box = element("div", "", "popup");
    const link = element("a", words.details);
    link.href = "#site-" + place;
    const said = data.outcomes[outcome];
    box.append(element("b", id), element("span", name), element("span", said.sign + " " + said.label), link);
    return box;
  }

  // A dot stands for a site that is too small to be seen; labels give way to
  // those of graver sites, which are drawn last and placed first.
  function arrange() {
    const taken = [];
    Array.from(layers.values()).reverse().forEach((one) => {
      const [low, high] = [one.bounds.getSouthWest(), one.bounds.getNorthEast()].map((at) => map.latLngToLayerPoint(at));
      const size = Math.max(high.x - low.x, low.y - high.y);
      const seen = size < 26 ? 1 : 0;
      one.mark.setStyle({ opacity: seen, fillOpacity: seen });
      const tooltip = one.mark.getTooltip();
      if (!tooltip) return;
      const at = map.latLngToLayerPoint(one.mark.getLatLng());
      const width = 10 + 7 * tooltip.getContent().textContent.length;
      const box = [at.x, at.y - 8, at.x + width, at.y + 8];
      const free = one.visible && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
      if (free) taken.push(box);
      tooltip.setOpacity(free ? 1 : 0);
    });
  }

  function choose(place) {
    rows.forEach((row) => row.classList.toggle("chosen", Number(row.dataset.place) === place));
  }

  function flyTo(place) {
    choose(place);
    const one = layers.get(place);
    if (!one) return;
    // far enough away to see what lies around: twice its size, a kilometre at least
    const size = Math.max(2 * (one.bounds.getNorth() - one.bounds.getSouth()), 2 * (one.bounds.getEast() - one.bounds.getWest()), 0.01);
    const around = L.latLngBounds([one.bounds.getCenter()]).extend(one.bounds);
    const south = around.getSouth() - size, north = around.getNorth() + size;
    const box = L.latLngBounds([south, around.getWest() - size], [north, around.getEast() + size]);
    if (calm) map.fitBounds(box, { animate: false }); else map.flyToBounds(box, { duration: 0.7 });
    document.getElementById("map").dataset.place = String(place);
  }

  // -- table, filter, search, details ----------------------------------------

  const search = document.getElementById("search");
  const buttons = Array.from(document.querySelectorAll(".count"));
  const details = Array.from(document.querySelectorAll("details.site"));
  let closed = [];
  let printing = false;

  function filter() {
    const wanted = buttons.filter((one) => one.getAttribute("aria-pressed") === "true").map((one) => one.dataset.outcome);
    const text = search.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row) => {
      const fits = (!wanted.length || wanted.includes(row.dataset.outcome)) &&
        row.querySelector("a").parentElement.textContent.toLowerCase().includes(text);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
      const place = Number(row.dataset.place);
      document.getElementById("site-" + place).hidden = !fits;
      const drawn = layers.get(place);
      if (drawn && drawn.visible !== fits) {
        drawn.visible = fits;
        if (fits) drawn.group.addTo(map); else drawn.group.remove();
      }
    });
    if (map) { stack(); arrange(); }
    document.getElementById("shown").textContent = words.shown
      .replace("{shown}", String(shown)).replace("{total}", String(rows.length));
  }

  function openTarget() {
    const target = /^#(site|asked|unknowns)-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    target.open = true;
    target.scrollIntoView();
  }

  // a list that several sites have stands once; it is put into a site that is opened
  function fill(site) {
    site.querySelectorAll("p.shared a").forEach((link) => {
      const list = document.querySelector(link.hash + " ol");
      link.closest("p").replaceWith(list.cloneNode(true));
    });
  }

  function start() {
    details.forEach((one) => one.addEventListener("toggle", () => {
      if (one.open && !printing) fill(one);
    }));
    document.querySelectorAll(".tools, .locate").forEach((one) => { one.hidden = false; });
    buttons.forEach((button) => button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
      filter();
    }));
    search.addEventListener("input", filter);
    rows.forEach((row) => row.addEventListener("click", (event) => {
      if (!event.target.closest("a")) flyTo(Number(row.dataset.place));
    }));
    document.querySelectorAll(".back .locate").forEach((button) => button.addEventListener("click", () => {
      document.getElementById("map").scrollIntoView({ block: "center" });
      flyTo(Number(button.dataset.place));
    }));
    document.getElementById("open-all").addEventListener("click", () => details.forEach((one) => { one.open = true; }));
    document.getElementById("close-all").addEventListener("click", () => details.forEach((one) => { one.open = false; }));
    addEventListener("hashchange", openTarget);
    addEventListener("click", (event) => { // the same link twice is no change of hash
      const link = event.target.closest("a[href^='#site-']");
      if (link && link.hash === location.hash) openTarget();
    });
    if (data.bounds) makeMap();
    filter();
    openTarget();
  }

  // -- print: everything open, the whole map at the width of the paper ---------

  addEventListener("beforeprint", () => {
    printing = true; // on paper a shared list stands once
    closed = details.filter((one) => !one.open);
    closed.forEach((one) => { one.open = true; });
    if (!map) return;
    map.closePopup();
    Object.assign(map.getContainer().style, { width: "680px", height: "440px" });
    map.invalidateSize({ animate: false });
    fit();
  });
  addEventListener("afterprint", () => {
    setTimeout(() => { printing = false; }); // the toggles of closing come first
    closed.forEach((one) => { one.open = false; });
    if (!map) return;
    Object.assign(map.getContainer().style, { width: "", height: "" });
    map.invalidateSize({ animate: false });
    fit();
  });

  start();
})();
