// SPDX-License-Identifier: MIT
// @most/core. The protocol is that of harness.h.
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";

const require = createRequire(process.argv[2] + "/");
const { map, filter, runEffects, tap, newStream } = require("@most/core");
const { newDefaultScheduler } = require("@most/scheduler");
const scheduler = newDefaultScheduler();

const range = (n) => newStream((sink, s) => {
	const time = s.currentTime();
	for (let i = 0; i < n; i++)
		sink.event(time, i);
	sink.end(time);
	return { dispose() {} };
});

async function sum(items) {
	let total = 0;
	await runEffects(tap((x) => { total += x; }, items), scheduler);
	return total;
}

const scatter = (x) => Math.imul(x, 2654435761) >>> 0;
const drawn = (x) => (Math.imul(x ^ x >>> 15, 739982445) >>> 20 & 1) === 1;
const upper = (x) => x >>> 8;
const increment = (x) => x + 1;

serve("@most/core " + require("@most/core/package.json").version, {
	W1: (n) => sum(map((x) => (x - 1) / 2, filter((x) => x % 2 === 1, map((x) => x * 3 + 1, range(n))))),
	W1r: (n) => sum(map(upper, filter(drawn, map(scatter, range(n))))),
	W2: (n) => sum(Array.from({ length: 10 }, () => increment).reduce((s, f) => map(f, s), range(n))),
});
