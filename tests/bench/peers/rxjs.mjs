// SPDX-License-Identifier: MIT
// RxJS. The protocol is that of harness.h; results are below 2^53 at the sizes that are checked.
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";

const require = createRequire(process.argv[2] + "/");
const { Subject, range, merge, zip, of } = require("rxjs");
const { map, filter, scan, takeWhile } = require("rxjs/operators");

function sum(items) {
	let total = 0;
	items.subscribe((x) => { total += x; });
	return total;
}

function tee(n) {
	const all = new Subject();
	let total = 0;
	for (let i = 0; i < 8; i++)
		all.subscribe((x) => { total += x; });
	range(0, n).subscribe(all);
	return total;
}

const scatter = (x) => Math.imul(x, 2654435761) >>> 0;
const drawn = (x) => (Math.imul(x ^ x >>> 15, 739982445) >>> 20 & 1) === 1;
const upper = (x) => x >>> 8;

serve("RxJS " + require("rxjs/package.json").version, {
	W1: (n) => sum(range(0, n).pipe(map((x) => x * 3 + 1), filter((x) => x % 2 === 1), map((x) => (x - 1) / 2))),
	W1r: (n) => sum(range(0, n).pipe(map(scatter), filter(drawn), map(upper))),
	W2: (n) => sum(Array.from({ length: 10 }, () => map((x) => x + 1)).reduce((s, f) => s.pipe(f), range(0, n))),
	merge4: (n) => sum(merge(range(0, n / 4), range(0, n / 4), range(0, n / 4), range(0, n / 4))),
	tee8: tee,
	zip: (n) => sum(zip(range(0, n), range(0, n).pipe(map((x) => x * 3))).pipe(map(([a, b]) => a + b))),
	scan: (n) => sum(range(0, n).pipe(scan((state, x) => (state + x) & 0xffff, 0))),
	life: (n) => {
		let total = 0;
		for (let i = 0; i < n; i++)
			total += sum(of(i).pipe(map((x) => x * 3 + 1), filter((x) => x > 0), map((x) => Math.floor(x / 2)),
				scan((a, b) => a + b), takeWhile((x) => x >= 0)));
		return total;
	},
});
