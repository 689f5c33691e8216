# SPDX-License-Identifier: MIT
# job.json in awk: right as long as the fields stand in this order and the times ascend.
BEGIN { FS = "[:,}]" }
function flush(    i) {
	for (i = 1; i <= n; i++)
		printf "{\"ts\":%d000,\"id\":%d,\"avg\":%.15g}\n", second, order[i], sum[order[i]] / count[order[i]]
	n = 0
	split("", count)
}
$6 > 30 {
	s = int($2 / 1000)
	if (s != second) { flush(); second = s }
	if (!($4 in count)) { order[++n] = $4; count[$4] = 0; sum[$4] = 0 }
	count[$4]++
	sum[$4] += $6 * 1.8 + 32
}
END { flush() }
