/* What pages do beyond plain links and forms. Every page works without it, except the chart, which has a table. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  rows();
  keyboard();
  filters();
  selection();
  bridge();
  photos();
  // Another programme asks for other facts: the form is made anew, what was typed comes back from the draft.
  document.querySelectorAll("select[data-reload]").forEach((field) => field.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set(field.name, field.value);
    location.href = address;
  }));
  document.querySelectorAll("[data-insert]").forEach((button) => button.addEventListener("click", () => insert(button)));
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  accounts();
  document.querySelectorAll("[data-go-back]").forEach((link) => link.addEventListener("click", (event) => {
    if (history.length > 1) { event.preventDefault(); history.back(); }
  }));
  document.querySelectorAll("form[data-confirm]").forEach((form) => form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  }));
  // A form that is on its way cannot be sent a second time.
  document.querySelectorAll("form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.hasAttribute("data-download") || event.submitter?.hasAttribute("data-download")) return;
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; }), 0);
  }));
  window.addEventListener("pageshow", () => document.querySelectorAll("button[type=submit]:not([data-for])").forEach((button) => { button.disabled = false; }));
});

/* A row opens what it is about; text in it can still be selected. */
function rows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    location.href = row.dataset.href;
  });
}

/* `/` searches, j and k move, Enter opens, t opens the telephone card, o the file, Ctrl+Enter sends. */
function keyboard() {
  let place = -1;
  const items = () => [...document.querySelectorAll("tbody tr[data-href], .mz-task")];
  const move = (step) => {
    const all = items();
    if (!all.length) return;
    all[place]?.classList.remove("mz-cursor");
    place = Math.max(0, Math.min(all.length - 1, place + step));
    all[place].classList.add("mz-cursor");
    all[place].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = field?.closest("form[method=post]") ?? document.querySelector("main form[data-main]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (field) { if (event.key === "Escape") field.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { const search = document.getElementById("search"); if (search) { event.preventDefault(); search.focus(); search.select(); } }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === " " && place >= 0 && items()[place]?.querySelector("input[name=selected]")) {
      // Space ticks the row and goes on to the next: a list is worked off with one key.
      event.preventDefault();
      const box = items()[place].querySelector("input[name=selected]");
      box.click();
      move(1);
    }
    // A key of its own: of the row under the cursor (t: its telephone card), else of the page.
    else if (/^[a-z]$/.test(event.key)) {
      const target = items()[place]?.querySelector(`[data-row-key="${event.key}"]`) ?? document.querySelector(`[data-key="${event.key}"]`);
      if (target) { event.preventDefault(); target.click(); }
    } else if (event.key === "Enter" && place >= 0 && !event.target.closest("a, button, summary")) {
      const item = items()[place];
      const target = item?.dataset.href ?? item?.querySelector("a")?.href;
      if (target) location.href = target;
    }
  });
}

/* Drafted text goes into the note of the act of this stage, after what stands there. */
function insert(button) {
  const field = document.querySelector("form[data-main] textarea, form[data-main] input[name$='-note']");
  if (!field) return;
  const text = [...document.querySelectorAll(button.dataset.insert)].map((line) => line.textContent.trim()).join(field.tagName === "TEXTAREA" ? "\n" : " ");
  if (!field.value.includes(text)) field.value = [field.value, text].filter(Boolean).join(field.tagName === "TEXTAREA" ? "\n" : " ");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

/* A filter bar is sent as soon as a choice changes; the button stays for text and for browsers without scripts. */
function filters() {
  // On a phone the bar opens by a tap; elsewhere it is always open.
  document.querySelectorAll("[data-filter-box]").forEach((box) => { if (matchMedia("(min-width: 700px)").matches) box.open = true; });
  document.querySelectorAll("form[data-filters]").forEach((form) => {
    form.querySelectorAll("select, input[type=checkbox], input[type=month], input[type=date]").forEach((field) => field.addEventListener("change", () => form.requestSubmit()));
    // Empty choices stay out of the address.
    form.addEventListener("submit", () => form.querySelectorAll("select, input").forEach((field) => { if (!field.value) field.disabled = true; }));
  });
}

function selection() {
  document.querySelectorAll("[data-select-all]").forEach((box) => box.addEventListener("change", () => {
    (box.closest("table, .mz-group") ?? box.form).querySelectorAll("input[name=selected]").forEach((other) => { other.checked = box.checked; });
  }));
  // Each button of the bar says how many ticked rows it is for; one for none of them cannot be pressed.
  document.querySelectorAll("form[data-bulk]").forEach((form) => {
    const count = () => form.querySelectorAll("button[data-for]").forEach((button) => {
      const kinds = button.dataset.for.split(" ");
      const ticked = [...form.querySelectorAll("input[name=selected]:checked")].filter((box) => kinds.includes(box.dataset.kind)).length;
      button.disabled = !ticked;
      button.querySelector("[data-count]").textContent = ticked ? ` ${ticked}` : "";
    });
    form.addEventListener("change", count);
    window.addEventListener("pageshow", count);
    count();
  });
}

/* Last period to this one, as a waterfall. The table below it holds the same figures. */
function bridge() {
  document.querySelectorAll("[data-bridge]").forEach((place) => {
    if (!window.echarts) { place.remove(); return; }
    const data = JSON.parse(document.getElementById(place.dataset.bridge).textContent);
    const colours = { level: "#44546a", up: "#1a5fb4", down: "#9aa5b4" };
    // Hidden bars carry the visible ones; the axis starts near the levels, or a change of 1% would not be seen.
    const lowest = Math.min(...data.bars.map((bar) => bar.from), ...data.bars.map((bar) => bar.to).filter((to) => to > 0));
    const highest = Math.max(...data.bars.map((bar) => Math.max(bar.from, bar.to)));
    const floor = lowest > highest * 0.5 ? Math.floor((lowest - (highest - lowest) * 0.6) / 100000) * 100000 : 0;
    const text = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const chart = echarts.init(place);
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 12, right: 12, top: 28, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, formatter: (items) => { const bar = data.bars[items[0].dataIndex]; return `${bar.label}<br><b>${text(bar.amount)}</b> ${data.yuan}<br>${bar.count} ${data.rows}`; } },
      xAxis: { type: "category", data: data.bars.map((bar) => bar.label), axisTick: { show: false }, axisLabel: { fontSize: 13, interval: 0 } },
      yAxis: { type: "value", min: floor, axisLabel: { fontSize: 12, formatter: (fen) => (fen / 100).toLocaleString("zh-CN") }, splitLine: { lineStyle: { color: "#e8ecf1" } } },
      series: [
        { type: "bar", stack: "bridge", silent: true, itemStyle: { color: "transparent" }, data: data.bars.map((bar) => bar.kind === "level" ? 0 : Math.min(bar.from, bar.to)) },
        { type: "bar", stack: "bridge", barMaxWidth: 64, data: data.bars.map((bar) => ({ value: bar.kind === "level" ? bar.to : Math.abs(bar.to - bar.from), itemStyle: { color: colours[bar.kind] } })),
          label: { show: place.clientWidth > 520, position: "top", fontSize: 12, color: "#344054", formatter: (item) => { const bar = data.bars[item.dataIndex]; return (bar.kind === "level" || !bar.amount ? "" : bar.amount > 0 ? "+" : "") + text(bar.amount); } } },
      ],
    });
    chart.on("click", (item) => { const url = data.bars[item.dataIndex].url; if (url) location.href = url; });
    new ResizeObserver(() => chart.resize()).observe(place);
  });
}

/* The demo's sign-in page fills in an account that is pressed. */
function accounts() {
  document.querySelectorAll("[data-account]").forEach((button) => button.addEventListener("click", () => {
    document.querySelector("input[name=username]").value = button.dataset.account;
    document.querySelector("input[name=password]").value = button.dataset.password;
    document.querySelector(".mz-gate-form").requestSubmit();
  }));
}

/* A phone's photo is made small before it is sent: upright, and without where and with what it was taken. */
function photos() {
  document.querySelectorAll("input[data-photo]").forEach((field) => field.addEventListener("change", async () => {
    const file = field.files[0];
    if (!file || !window.createImageBitmap || !window.DataTransfer) return;
    const buttons = [...field.form.querySelectorAll("button")];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      const chosen = new DataTransfer();
      chosen.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
      field.files = chosen.files;
    } catch { /* the server looks at what was chosen and says what is wrong with it */ }
    buttons.forEach((button) => { button.disabled = false; });
  }));
}
