// The live page of trafstatd(8): queries the server once a second and updates
// the elements that it has served (page.c).  Without this script the page is
// complete, but is only reloaded every five seconds.  What changes slowly (the
// history, a search) is taken from the page as it is served now and then.
"use strict";

const SPAN_MOST = 600000;	// time the chart covers, milliseconds
const SPAN_LEAST = 60000;
const RELOAD = 5000;		// between two looks at the page as served
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
const two = (n) => String(n).padStart(2, "0");
const clock = (date) => [date.getHours(), date.getMinutes(),
	date.getSeconds()].map(two).join(":");

// As when_local() has it: `Nov  1 00:00:00'.
function when(iso)
{
	const date = new Date(iso);

	return `${date.toLocaleString("en", { month: "short" })} ` +
	    `${String(date.getDate()).padStart(2)} ${clock(date)}`;
}

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

// ---- axes, as page_chart.c makes them ----

function axisTop(most)
{
	let top = 1;

	while (top * 10 < most)
		top *= 10;
	return top * [1, 2, 5, 10].find((n) => most <= n * top);
}

function axisText(n, unit)
{
	const prefixes = ["", "k", "M", "G", "T", "P", "E"];
	let i = 0;

	for (; n >= 1000 && i < prefixes.length - 1; i++)
		n /= 1000;
	return `${parseFloat(n.toPrecision(3))} ${prefixes[i]}${unit}`;
}

const labels = (id, texts) =>
    get(id).replaceChildren(...texts.map((t) => element("span", t)));

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

function showHostTiles(d)
{
	const h = d.host_view;

	get("name").textContent = h.title || h.name;
	tile("rate", rate(h.in_per_second), `out ${rate(h.out_per_second)}`);
	tile("account", size(h.in + h.out), `since ${when(d.begin)}`);
}

function showPast(d)
{
	const h = d.history;

	if (!h || h.state !== "there")
		return;
	for (const id of ["today", "month"]) {
		const sum = h[id];

		tile(id, size(sum.bytes), main.dataset.host ?
		    `in ${size(sum.in)}, out ${size(sum.out)}` :
		    sum.unsaved ? "unsaved included" : "saved only");
	}
}

function hostLink(r)
{
	const a = element("a", r.title || r.name);

	a.href = `/host?${new URLSearchParams({ i: main.dataset.instance,
		host: r.name })}`;
	return a;
}

// The name of a row, with the number or the word beside it.
function nameCell(r, isHost)
{
	const td = document.createElement("td");
	const small = isHost ? r.name : r.title;

	td.append(isHost && r.name !== "other" ? hostLink(r) : r.name);
	if (r.title)
		td.append(" ", element("small", small));
	return td;
}

// Each byte counts for both of its ends: local hosts first, the others apart.
function parts(rows)
{
	const of = (local) => rows.filter((r) => r.local === local);
	const part = (title, list) =>
	    list.length > 0 ? [{ title, head: true }, ...list] : [];

	return [...part("local hosts", of(true)),
		...part("remote hosts", of(false))];
}

function headRow(title)
{
	const tr = document.createElement("tr");
	const th = element("th", title);

	tr.className = "part";
	th.colSpan = 5;
	tr.append(th);
	return tr;
}

function showTable(id, rows, total, oneRate)
{
	const isHost = id === "hosts" || id === "peers";

	get(id).tBodies[0].replaceChildren(...rows.map((r) => {
		if (r.head)
			return headRow(r.title);
		const tr = document.createElement("tr");
		const share = total > 0 ?
		    Math.min((r.in + r.out) * 100 / total, 100) : 0;
		const name = nameCell(r, isHost);

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

// From totals to the rates between two points.  A host has two, in and out.
function addPoints(list)
{
	const names = main.dataset.host ? ["in", "out"] : ["bytes", "packets"];

	for (const p of list) {
		const point = { ms: p.ms };

		if (before && p.ms > before.ms && names.every((n) =>
		    p[n] >= before[n])) {
			for (const n of names)
				point[n] = (p[n] - before[n]) * 1000 /
				    (p.ms - before.ms);
			// Two points make one rate, also for the first one.
			if (points.length === 0)
				points.push({ ...point, ms: before.ms });
			points.push(point);
		} else if (before && p.ms > before.ms) {
			points = [];		// the daemon was restarted
			first = p;
		}
		before = p;
		first ??= p;
	}
	if (!before)
		return;
	span = Math.min(Math.max(before.ms - first.ms, SPAN_LEAST), SPAN_MOST);
	points = points.filter((p) => before.ms - p.ms <= span);
}

function curve(parts, name, top, isOut)
{
	const place = (p) => [WIDTH - (before.ms - p.ms) * WIDTH / span,
		HEIGHT - p[name] * 8 / top * HEIGHT];
	const line = points.map((p) => place(p).map((n) => n.toFixed(1))
	    .join(","));
	const from = place(points[0])[0].toFixed(1);

	if (!isOut)
		parts.push(drawing("polygon", { class: "area",
			points: `${from},150 ${line.join(" ")} 600,150` }));
	parts.push(drawing("polyline", { class: isOut ? "curve out" : "curve",
		points: line.join(" ") }));
}

function showChart(now)
{
	const names = main.dataset.host ? ["in", "out"] : ["bytes"];
	const most = Math.max(0, ...points.flatMap((p) =>
	    names.map((n) => p[n])));
	const top = axisTop(Math.max(most * 8, 1000));
	const parts = [drawing("path",
	    { class: "grid", d: "M0 0H600M0 75H600" })];
	const seconds = Math.floor(span / 1000);

	get("span").textContent =
	    `last ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	get("peak").textContent = points.length > 0 ?
	    `highest ${rate(most)}` : "measured from now on";
	labels("yaxis", [axisText(top, "bit/s"), axisText(top / 2, "bit/s"),
		"0"]);
	labels("xaxis", [span, span / 2, 0].map((age) =>
	    clock(new Date(now - age))));
	if (points.length > 1)
		names.forEach((n, i) => curve(parts, n, top, i > 0));
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

	get("cursor").textContent = `${clock(at)}: ` + (main.dataset.host ?
	    `in ${rate(near.in)}, out ${rate(near.out)}` :
	    `${rate(near.bytes)}, ${Math.round(near.packets)} packets/s`);
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
	if (d.host_view && !d.host_view.known)
		return "The daemon is busy: figures follow in a moment.";
	return ["", "The interface is down.",
		"The interface is missing."][d.source_state] || "";
}

function showAll(d)
{
	const total = d.protocols.reduce((n, p) => n + p.in + p.out, 0);

	addPoints(d.points);
	showTiles(d, total);
	showTable("hosts", parts(d.hosts), total, false);
	showTable("services", d.services, total, false);
	showTable("protocols", d.protocols, total, true);
	showCoverage(d.coverage);
	get("closure").textContent = d.closure;
}

function showHost(d)
{
	const h = d.host_view, total = h.in + h.out;

	addPoints(h.points);
	showHostTiles(d);
	showTable("services", h.services, total, false);
	showTable("peers", h.peers, total, false);
}

// Parts that the server writes anew: when the history has changed or has
// answered for the first time, and all the time while a search is shown.
let past = null, served = 0;

async function refresh(d)
{
	const h = d.history ?? {};
	const state = JSON.stringify([h.state, h.why, h.hours, h.budgets]);

	// The page may have been served before the first answer.
	past ??= get("hours").querySelector("svg") ? state : "";
	if ((state === past && !main.dataset.query) ||
	    h.state === "waiting" || Date.now() - served < RELOAD)
		return;
	served = Date.now();
	const answer = await fetch(location.href,
	    { signal: AbortSignal.timeout(10000) });

	if (!answer.ok)
		return;
	const doc = new DOMParser().parseFromString(await answer.text(),
	    "text/html");

	past = state;
	document.querySelectorAll("#found, #hours, #budgets").forEach((e) => {
		const other = doc.getElementById(e.id);

		if (other)
			e.replaceChildren(...other.childNodes);
	});
	// The tiles of today and this month are there since the answer.
	if (!get("today") && doc.getElementById("today"))
		document.querySelector(".tiles").replaceChildren(
		    ...doc.querySelector(".tiles").childNodes);
}

async function show(answer)
{
	const d = answer.instance;

	get("notice").textContent = notice(d);
	get("state").textContent = when(answer.now);
	showTabs(answer.instances);
	if (!d || !d.up)
		return;
	// A page served before the daemon started has no tiles: get a new one.
	if (!get("rate"))
		return location.reload();
	if (main.dataset.host)
		showHost(d);
	else
		showAll(d);
	showPast(d);
	showChart(new Date(answer.now));
	await refresh(d);
}

async function ask()
{
	const query = new URLSearchParams({ i: main.dataset.instance,
		since: before ? before.ms : 0 });

	if (main.dataset.host)
		query.set("host", main.dataset.host);

	try {
		const answer = await fetch(`/api/v1/live?${query}`,
		    { signal: AbortSignal.timeout(10000) });

		if (!answer.ok)
			throw new Error(`status ${answer.status}`);
		await show(await answer.json());
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
