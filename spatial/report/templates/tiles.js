"use strict";
// Fine borders (see spatial/report/tiles.py): sheets of the page that are unpacked where
// the reader looks. They hold numbers alone; texts come from the overview's data.
document.addEventListener("map-made", (event) => {
  const { map, data, zones, stack } = event.detail;
  const { window: [west, south, east, north], side, cells, steps, all, from_m: from, words } = data.tiles;
  const PAD = 0.3; // what the map's renderer draws beyond the view
  const METRES_PER_DEGREE = 111320;
  const many = side * cells;
  const wide = (east - west) / side, high = (north - south) / side; // of a sheet
  const state = document.getElementById("map-detail");
  const list = data.kinds.flatMap((kind, order) => kind.zones.map((zone) => ({ order, zone })));
  const overview = zones.map((one) => one.group.getLayers());
  const able = typeof DecompressionStream === "function";
  let sheets = null; // column and row -> mask and text
  let open = new Map(); // of the sheets in view: what they hold
  let drawn = ""; // the sheets that are drawn; "" for the overview
  let turn = 0;

  function read() {
    const rows = JSON.parse(document.getElementById("map-sheets").textContent);
    sheets = new Map(rows.map(([column, row, mask, text]) => [column + "," + row, { mask, text }]));
  }

  // The sheets of the view, if each of its cells has fine borders; else null. What is
  // drawn is the one or the other: side by side, borders would jump where they meet.
  function wanted() {
    const seen = map.getBounds();
    const pixel = ((seen.getNorth() - seen.getSouth()) * METRES_PER_DEGREE) / map.getSize().y;
    if (!able || !(pixel < from)) return null;
    if (!sheets) read();
    const box = seen.pad(PAD);
    const first = [Math.floor(((box.getWest() - west) / wide) * cells), Math.floor(((box.getSouth() - south) / high) * cells)];
    const last = [Math.floor(((box.getEast() - west) / wide) * cells), Math.floor(((box.getNorth() - south) / high) * cells)];
    if (Math.min(...first) < 0 || Math.max(...last) >= many) return null;
    const found = new Set();
    for (let row = first[1]; row <= last[1]; row += 1) {
      for (let column = first[0]; column <= last[0]; column += 1) {
        const key = Math.floor(column / cells) + "," + Math.floor(row / cells);
        const sheet = sheets.get(key);
        if (!all && !has(sheet, column % cells, row % cells)) return null;
        if (sheet && sheet.text) found.add(key);
      }
    }
    return Array.from(found);
  }

  function has(sheet, column, row) {
    return sheet && (!sheet.mask || (parseInt(sheet.mask.slice(2 * row, 2 * row + 2), 16) >> column) & 1);
  }

  async function unpack(key) {
    const packed = Uint8Array.from(atob(sheets.get(key).text), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const [column, row] = key.split(",").map(Number);
    return paths(new Uint8Array(await new Response(stream).arrayBuffer()), column, row);
  }

  // As spatial/report/tile_code.py wrote them.
  function paths(bytes, column, row) {
    const found = [];
    let at = 0, zone = 0;
    function next() {
      let value = 0;
      for (let bit = 1; ; bit *= 128) {
        const byte = bytes[at++];
        if (byte === undefined) throw new RangeError("a sheet is cut off");
        value += (byte & 127) * bit;
        if (byte < 128) return value;
      }
    }
    function signed() { const value = next(); return value % 2 ? -(value + 1) / 2 : value / 2; }
    while (at < bytes.length) {
      zone += next();
      const head = next(), cuts = [], points = [];
      for (let left = next(), cut = 0; left > 0; left -= 1) cuts.push(cut += next());
      for (let left = Math.floor(head / 4), x = 0, y = 0; left > 0; left -= 1) {
        x += signed();
        y += signed();
        points.push([south + (row + y / steps) * high, west + (column + x / steps) * wide]);
      }
      found.push({ zone, form: head % 4, points, cuts: new Set(cuts) });
    }
    return found;
  }

  // The true border of a ring: what is no cut. A ring without cuts is closed.
  function borders(points, cuts) {
    const start = points.findIndex((_, at) => cuts.has(at)) + 1;
    const runs = [];
    let run = [];
    for (let step = 0; step < points.length; step += 1) {
      const at = (start + step) % points.length;
      run.push(points[at]);
      if (cuts.has(at)) { runs.push(run); run = []; }
    }
    if (!cuts.size) runs.push([...run, run[0]]);
    return runs.filter((one) => one.length > 1);
  }

  function shapes(parts, style, told) {
    const [lines, rings, points] = [0, 1, 2].map((form) => parts.filter((one) => one.form === form));
    const plain = Object.assign({}, style, { smoothFactor: 0 }); // or seams would open
    const made = [];
    if (rings.length) {
      made.push(told(L.polygon(rings.map((one) => one.points), Object.assign({}, plain, { stroke: false }))));
      const line = rings.flatMap((one) => borders(one.points, one.cuts));
      made.push(L.polyline(line, Object.assign({}, plain, { fill: false, interactive: false })));
    }
    if (lines.length) made.push(told(L.polyline(lines.map((one) => one.points), Object.assign({}, plain, { fill: false }))));
    points.forEach((one) => made.push(told(L.circleMarker(one.points[0], Object.assign({ radius: 4 }, style)))));
    return made;
  }

  function drawOverview(said) {
    say(said, "overview");
    if (!drawn) return;
    drawn = "";
    open = new Map();
    zones.forEach(({ group }, order) => {
      group.clearLayers();
      overview[order].forEach((one) => group.addLayer(one));
    });
    stack();
  }

  function drawFine(keys) {
    const parts = new Map();
    keys.forEach((key) => open.get(key).forEach((one) => {
      if (!parts.has(one.zone)) parts.set(one.zone, []);
      parts.get(one.zone).push(one);
    }));
    const made = Array.from(parts.keys()).sort((a, b) => a - b).flatMap((number) => {
      const { order, zone } = list[number];
      const { style, told } = zones[order];
      return shapes(parts.get(number), style, (layer) => told(layer, zone)).map((layer) => ({ order, layer }));
    });
    zones.forEach(({ group }) => group.clearLayers());
    made.forEach(({ order, layer }) => zones[order].group.addLayer(layer));
    made.reverse().forEach(({ layer }) => layer.bringToBack());
    drawn = keys.join(" ") || "none";
    say(words.detail, "detail");
  }

  function say(text, mode) {
    if (state.textContent !== text) state.textContent = text;
    map.getContainer().dataset.borders = mode;
  }

  async function update() {
    turn += 1;
    const mine = turn;
    const keys = wanted();
    if (!keys) { drawOverview(able ? words.overview : words.old); return; }
    if (drawn === (keys.join(" ") || "none")) return;
    const found = await Promise.all(keys.map((key) => open.get(key) || unpack(key))).catch(() => null);
    if (mine !== turn) return; // the reader has gone on
    if (!found) { drawOverview(words.broken); return; }
    open = new Map(keys.map((key, at) => [key, found[at]]));
    drawFine(keys);
  }

  map.on("moveend resize", update);
  update();
});
