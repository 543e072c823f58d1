/* The charts of a simulation, and of funds. The tables beside them hold the same figures. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const before = "#9aa5b4", after = "#1a5fb4", line = "#e8ecf1";
  const data = (place, name) => JSON.parse(document.getElementById(place.dataset[name]).textContent);
  const yuan = (fen) => (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const draw = (place, options) => {
    const chart = echarts.init(place);
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...options });
    new ResizeObserver(() => chart.resize()).observe(place);
    return chart;
  };
  if (!window.echarts) { document.querySelectorAll("[data-bars], [data-lorenz]").forEach((place) => place.remove()); return; }

  document.querySelectorAll("[data-bars]").forEach((place) => {
    const found = data(place, "bars");
    place.style.height = `${Math.max(160, 40 + found.labels.length * 34)}px`;
    const chart = draw(place, {
      grid: { left: 12, right: 28, top: 8, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, formatter: (items) => [items[0].name, ...items.map((item) => `${item.seriesName} <b>${yuan(item.value)}</b> ${found.unit}`)].join("<br>") },
      xAxis: { type: "value", splitNumber: 4, axisLabel: { fontSize: 12, formatter: (fen) => (fen / 100).toLocaleString("zh-CN"), hideOverlap: true }, splitLine: { lineStyle: { color: line } } },
      yAxis: { type: "category", inverse: true, data: found.labels, axisTick: { show: false }, axisLabel: { fontSize: 13, width: place.clientWidth < 420 ? 96 : 150, overflow: "truncate" } },
      series: [before, after].map((colour, i) => ({ name: found.words[i], type: "bar", barMaxWidth: 11, barGap: "15%", itemStyle: { color: colour }, data: i ? found.after : found.before })),
    });
    if (found.urls) chart.on("click", (item) => { if (found.urls[item.dataIndex]) window.location.assign(found.urls[item.dataIndex]); });
  });

  document.querySelectorAll("[data-lorenz]").forEach((place) => {
    const found = data(place, "lorenz");
    const curve = (name, points, colour, type) => ({ name, type: "line", showSymbol: false, data: points, lineStyle: { color: colour, width: type ? 1 : 2, type: type || "solid" }, itemStyle: { color: colour }, endLabel: { show: false } });
    const axis = (name) => ({ type: "value", min: 0, max: 100, name, nameLocation: "middle", nameGap: 30, axisLabel: { fontSize: 12 }, splitLine: { lineStyle: { color: line } } });
    draw(place, {
      grid: { left: 34, right: 18, top: 12, bottom: 28, containLabel: true },
      tooltip: { trigger: "axis", formatter: (items) => items.filter((item) => item.seriesName !== found.words[2]).map((item) => `${item.seriesName}: ${item.value[0].toFixed(0)}% → <b>${item.value[1].toFixed(2)}%</b>`).join("<br>") },
      xAxis: axis(found.x), yAxis: axis(found.y),
      series: [curve(found.words[2], [[0, 0], [100, 100]], "#c4ccd6", "dashed"), curve(found.words[0], found.before, before), curve(found.words[1], found.after, after)],
    });
  });
});
