// SPDX-License-Identifier: GPL-2.0-only
// The page reads without this.  With it one detail shows beside the matrix,
// and rows can be filtered.
"use strict";
(function () {
	const root = document.documentElement;
	let from = null;

	root.classList.add("js");

	function show() {
		const id = decodeURIComponent(location.hash.slice(1));
		const detail = id && document.getElementById(id);

		for (const e of document.querySelectorAll(".detail.shown, a.cell.open"))
			e.classList.remove("shown", "open");
		root.classList.remove("open");
		if (!detail || !detail.classList.contains("detail")) {
			if (from)
				from.focus({preventScroll: true});
			from = null;
			return;
		}
		detail.classList.add("shown");
		root.classList.add("open");
		detail.scrollTop = 0;
		from = document.querySelector('a.cell[data-for="' + CSS.escape(id) + '"]');
		if (from) {
			from.classList.add("open");
			from.scrollIntoView({block: "nearest"});
		}
		detail.focus({preventScroll: true});
	}

	function close() {
		if (location.hash.length < 2)
			return;
		history.replaceState(null, "", location.pathname + location.search);
		show();
	}

	function filter(button) {
		const want = button.dataset.filter;

		for (const b of document.querySelectorAll(".tools button"))
			b.setAttribute("aria-pressed", String(b === button));
		for (const body of document.querySelectorAll(".matrix tbody")) {
			let shown = 0;

			for (const tr of body.querySelectorAll("tr:not(.group)")) {
				const hide = want !== "all" && !tr.hasAttribute("data-" + want);

				tr.classList.toggle("hide", hide);
				shown += !hide;
			}
			body.querySelector(".group").classList.toggle("hide", !shown);
		}
	}

	document.addEventListener("click", function (ev) {
		const e = ev.target.closest("button");

		if (e && e.classList.contains("close"))
			close();
		else if (e && e.dataset.filter)
			filter(e);
	});
	document.addEventListener("keydown", function (ev) {
		if (ev.key === "Escape")
			close();
	});
	window.addEventListener("hashchange", show);
	show();
})();
