// The live page of trafstatd(8): queries the server once a second and updates
// the elements that it has served (page.c).  Without this script the page is
// complete, but is only reloaded every five seconds.
"use strict";

const SPAN_MOST = 600000;	// time the chart covers, milliseconds
const SPAN_LEAST = 60000;
const WIDTH = 600, HEIGHT = 150;
const main = document.querySelector("main");
const get = (id) => document.getElementById(id);
let points = [];
let failed = 0;

// ---- numbers for people, as text.c formats them ----

function scaled(n, unit)
{
	const prefixes = ["", "k", "M", "G", "T", "P", "E"];
	let i = 0;

	for (; n >= 999.5 && i < prefixes.length - 1; i++)
		n /= 1000;
	const digits = n >= 99.95 || i === 0 ? 0 : n >= 9.995 ? 1 : 2;
	return `${n.toFixed(digits)} ${prefixes[i]}${unit}`;
}

const rate = (bytes) => scaled(bytes * 8, "bit/s");
const cell = (bytes) => bytes > 0 ? rate(bytes) : "\u2013";
const size = (bytes) => scaled(bytes, "B");
const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const clock = (date) => date.toLocaleTimeString();
const when = (iso) => new Date(iso).toLocaleString();

// ---- elements ----

function element(name, text, className)
{
	const e = document.createElement(name);

	e.textContent = text;
	if (className)
		e.className = className;
	return e;
}

function drawing(name, attributes)
{
	const e = document.createElementNS("http://www.w3.org/2000/svg", name);

	for (const [key, value] of Object.entries(attributes))
		e.setAttribute(key, value);
	return e;
}

function bar(share)
{
	const svg = drawing("svg", { class: "bar", viewBox: "0 0 100 1",
		preserveAspectRatio: "none", "aria-hidden": "true" });

	svg.append(drawing("rect", { width: share.toFixed(1), height: 1 }));
	return svg;
}

// ---- parts of the page ----

function tile(id, big, small)
{
	const e = get(id);

	if (!e)
		return;
	e.children[1].textContent = big;
	e.children[2].textContent = small;
}

function showTiles(d, total)
{
	const last = points[points.length - 1];

	tile("rate", rate(last ? last.bytes : 0),
	    `${Math.round(last ? last.packets : 0)} packets/s`);
	tile("account", size(total), `since ${when(d.begin)}`);
	tile("seen", `${(Math.floor(d.seen_percent * 10) / 10).toFixed(1)} %`,
	    "of all on the interface");
	tile("rows", count(d.rows), `of ${count(d.rows_limit)}`);
}

function showTable(id, rows, total, oneRate)
{
	get(id).tBodies[0].replaceChildren(...rows.map((r) => {
		const tr = document.createElement("tr");
		const share = total > 0 ? (r.in + r.out) * 100 / total : 0;
		const name = element("td", r.name);

		name.append(bar(share));
		tr.append(name);
		if (oneRate)
			tr.append(element("td",
			    cell(r.in_per_second + r.out_per_second)));
		else
			tr.append(element("td", cell(r.in_per_second)),
			    element("td", cell(r.out_per_second)));
		tr.append(element("td", size(r.in + r.out)),
		    element("td", `${share.toFixed(1)} %`, "soft"));
		return tr;
	}));
}

function showCoverage(list)
{
	get("coverage").replaceChildren(...list.flatMap((l) => [
		element("dt", l.name),
		element("dd", count(l.value), l.bad ? "bad" : ""),
	]));
}

function showTabs(list)
{
	const tabs = get("tabs");
	const known = [...tabs.children].map((a) => a.textContent);

	if (known.join("\n") === list.map((i) => i.name).join("\n"))
		return;
	tabs.replaceChildren(...list.map((i) => {
		const a = element("a", i.name);

		a.href = `/?i=${encodeURIComponent(i.name)}`;
		if (i.name === main.dataset.instance)
			a.setAttribute("aria-current", "page");
		return a;
	}));
}

// ---- the chart ----

let before = null, first = null;
let span = SPAN_LEAST;

// From totals to the rates between two points.
function addPoints(list)
{
	for (const p of list) {
		if (before && p.ms > before.ms && p.bytes >= before.bytes) {
			const seconds = (p.ms - before.ms) / 1000;

			points.push({ ms: p.ms,
				bytes: (p.bytes - before.bytes) / seconds,
				packets: (p.packets - before.packets) /
				    seconds });
		}
		before = p;
		first ??= p;
	}
	if (!before)
		return;
	span = Math.min(Math.max(before.ms - first.ms, SPAN_LEAST), SPAN_MOST);
	points = points.filter((p) => before.ms - p.ms <= span);
}

function place(p, most)
{
	return [WIDTH - (before.ms - p.ms) * WIDTH / span,
		HEIGHT - p.bytes / most * (HEIGHT - 8)];
}

function showChart()
{
	const most = Math.max(0, ...points.map((p) => p.bytes));
	const parts = [drawing("path",
	    { class: "grid", d: "M0 8H600M0 79H600" })];

	const seconds = Math.floor(span / 1000);

	get("span").textContent =
	    `last ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	get("peak").textContent = `highest ${rate(most)}`;
	if (most > 0 && points.length > 1) {
		const line = points.map((p) => place(p, most)
		    .map((n) => n.toFixed(1)).join(","));
		const from = place(points[0], most)[0].toFixed(1);

		parts.push(drawing("polygon", { class: "area",
			points: `${from},150 ${line.join(" ")} 600,150` }));
		parts.push(drawing("polyline",
		    { class: "curve", points: line.join(" ") }));
	}
	get("chart").replaceChildren(...parts);
}

// Show time and rate of the curve's point nearest to the pointer.
function point(event)
{
	const box = get("chart").getBoundingClientRect();
	const x = (event.clientX - box.left) / box.width;

	if (!before || points.length === 0)
		return;
	const ms = before.ms - (1 - x) * span;
	const near = points.reduce((a, b) =>
	    Math.abs(b.ms - ms) < Math.abs(a.ms - ms) ? b : a);
	const at = new Date(Date.now() - (before.ms - near.ms));

	get("cursor").textContent = `${clock(at)}: ${rate(near.bytes)}, ` +
	    `${Math.round(near.packets)} packets/s`;
}

get("chart").addEventListener("pointermove", point);
get("chart").addEventListener("pointerleave", () => {
	get("cursor").textContent = "";
});

// ---- queries ----

function notice(d)
{
	if (!d)
		return "No trafd is running here. Start one with trafstart(8).";
	if (!d.up)
		return d.why;
	return ["", "The interface is down.",
		"The interface is missing."][d.source_state] || "";
}

function show(answer)
{
	const d = answer.instance;

	get("notice").textContent = notice(d);
	get("state").textContent = clock(new Date(answer.now));
	showTabs(answer.instances);
	if (!d || !d.up)
		return;
	// A page served before the daemon started has no tiles: get a new one.
	if (!get("rate"))
		return location.reload();
	const total = d.protocols.reduce((n, p) => n + p.in + p.out, 0);

	addPoints(d.points);
	showTiles(d, total);
	showTable("hosts", d.hosts, total, false);
	showTable("services", d.services, total, false);
	showTable("protocols", d.protocols, total, true);
	showCoverage(d.coverage);
	showChart();
}

async function ask()
{
	const query = new URLSearchParams({ i: main.dataset.instance,
		since: before ? before.ms : 0 });

	try {
		const answer = await fetch(`/api/v1/live?${query}`,
		    { signal: AbortSignal.timeout(10000) });

		if (!answer.ok)
			throw new Error(`status ${answer.status}`);
		show(await answer.json());
		failed = 0;
	} catch (error) {
		failed++;
		get("notice").textContent = "trafstatd does not answer (" +
		    `${error.message}); trying again.`;
	}
}

// No query while the page is hidden.  If the server does not answer, the next
// one follows later each time, up to 30 s.
async function loop()
{
	if (!document.hidden)
		await ask();
	setTimeout(loop, Math.min(1000 * 2 ** failed, 30000));
}

loop();
