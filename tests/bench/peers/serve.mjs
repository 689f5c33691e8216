// SPDX-License-Identifier: MIT
// The contender's side of the protocol in harness.h, for JavaScript.
import { createInterface } from "node:readline";

export async function serve(version, works) {
	console.log(`version ${version}, node ${process.versions.node}`);
	for (const name of Object.keys(works))
		console.log(`can ${name}`);
	console.log("ready");
	for await (const line of createInterface({ input: process.stdin })) {
		const [, name, n] = line.split(" ");
		const began = process.hrtime.bigint();
		const result = await works[name](Number(n));
		console.log(`took ${process.hrtime.bigint() - began} ${result}`);
	}
}
