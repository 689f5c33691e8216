# SPDX-License-Identifier: MIT
# job.json in awk: right as long as the fields stand in this order and the times ascend. -F and -v ts=, id=, temp= say
# where they stand, head= how many lines are none.
function flush(    i) {
	for (i = 1; i <= n; i++)
		printf "{\"ts\":%d000,\"id\":%d,\"avg\":%.15g}\n", second, order[i], sum[order[i]] / count[order[i]]
	n = 0
	split("", count)
}
NR > head && $temp > 30 {
	s = int($ts / 1000)
	if (s != second) { flush(); second = s }
	if (!($id in count)) { order[++n] = $id; count[$id] = 0; sum[$id] = 0 }
	count[$id]++
	sum[$id] += $temp * 1.8 + 32
}
END { flush() }
