/* SPDX-License-Identifier: MIT */
/*
 * scene_own.c -- definitions that put much into little: every operator, connector, format, policy and clock.
 *
 * In the definitions ' stands for ".
 */
#include "scene.h"

#define READING                                                                                          \
	"'records': {'r': {'at': {'type': 'time', 'unit': 'ms'}, 'node': 'u8', 'v': 'i64', 'w': 'f64', " \
	"'name': 'text(6)'}},"
#define CSV_LINES                                                                                     \
	"at,node,v,w,name\n0,1,10,2.5,abc\n900,2,7,1e3,\"d,\"\n1000,1,x,3,bad\n1100,2,9,nan,e\n"      \
	"1050,1,5,0.5,old\n2300,3,6,4,f\n\n2400,1,0,7,\"g \"\"h\"\n5000,2,8,-1,late\n100,1,1,1,too\n" \
	"5200,1,123456789012,0.1,end\n9000,2,4,2,last\n"
#define NDJSON_LINES                                                                                    \
	"{'at':1,'v':2}\n{'at':2,'v':-5,'x':[1,{}]}\n{'at':'x'}\n{'at':4,'v':7}\n{'at':5,'v':123456}\n" \
	"{'v':1,'at':6}\n"

const struct scene scene_own[] = {
	{ .ticks = true,
		.name = "branches of one file, event clock",
		.definition =
			"{'weir': 1, 'clock': 'event', " READING "'streams': {"
			"'in': [{'file': {'path': 'in.csv', 'format': 'csv', 'record': 'r'}, 'on_error': "
			"{'to': 'bad'}}],"
			"'sums': [{'from': 'in'}, {'window': {'tumbling': '1s', 'time': 'at', 'key': 'node', "
			"'lateness': '500ms', 'late': {'to': 'behind'}, 'emit': {'start': 'window_start()', "
			"'node': 'node', 'n': 'count()', 's': 'sum(v)', 'm': 'avg(w)'}}},"
			"{'file': {'path': 'sums.csv', 'format': 'csv'}}],"
			"'some': [{'from': 'in'}, {'filter': 'v > 3'}, {'throttle': {'period': '2s', 'key': "
			"'node'}}, {'map': {'at': 'at', 'v': 'v * 2', 'name': 'name'}},"
			"{'stdout': {'format': 'ndjson'}}],"
			"'rest': [{'from': 'in'}, {'buffer': {'capacity': 4}}, {'skip': 2}, {'set': {'w': "
			"'w / 2', 'big': 'v > 100'}}, {'file': {'path': 'rest.ndjson', 'format': 'ndjson'}}],"
			"'bad': [{'inbox': {'capacity': 2, 'overflow': 'suspend'}}, {'file': {'path': "
			"'bad.ndjson', 'format': 'ndjson'}}],"
			"'behind': [{'inbox': {'capacity': 1, 'overflow': 'suspend'}}, {'file': {'path': "
			"'behind.csv', 'format': 'csv'}}]}}",
		.files = { { "in.csv", CSV_LINES, 0 } } },
	{ .ticks = true,
		.name = "two files merged, event clock",
		.definition =
			"{'weir': 1, 'clock': 'event', 'records': {'r': {'at': {'type': 'time', 'unit': "
			"'s'}, "
			"'v': 'i64'}}, 'streams': {"
			"'a': [{'file': {'path': 'a.ndjson', 'format': 'ndjson', 'record': 'r'}, 'on_error': "
			"'drop'}],"
			"'b': [{'file': {'path': 'b.ndjson', 'format': 'ndjson', 'record': 'r'}, 'on_error': "
			"'drop'}, {'filter': 'v > 0'}],"
			"'all': [{'merge': {'streams': ['a', 'b'], 'idle': '5s'}}],"
			"'out': [{'from': 'all'}, {'file': {'path': 'all.csv', 'format': 'csv'}}],"
			"'sum': [{'from': 'all'}, {'window': {'tumbling': '3s', 'lateness': '9s', 'emit': "
			"{'n': 'count()', "
			"'s': "
			"'sum(v)'}}}, {'stdout': {'format': 'csv', 'time': 'ms'}}]}}",
		.files = { { "a.ndjson", NDJSON_LINES, 0 }, { "b.ndjson", NDJSON_LINES NDJSON_LINES, 0 } } },
	{ .ticks = true,
		.name = "ports, windows by arrival",
		.definition =
			"{'weir': 1, 'records': {'r': {'v': 'i64', 'w': 'f64'}}, 'streams': {"
			"'in': [{'input': {'name': 'in', 'record': 'r', 'capacity': 4}}, {'buffer': "
			"{'capacity': 3, 'overflow': 'suspend'}}],"
			"'out': [{'from': 'in'}, {'output': {'name': 'out', 'capacity': 2}}],"
			"'sum': [{'from': 'in'}, {'window': {'tumbling': '1s', 'emit': {'n': 'count()'}}}, "
			"{'null': {}}]}}" },
	{ .ticks = true,
		.name = "policies before a slow reader",
		.definition =
			"{'weir': 1, 'streams': {'n': [{'range': {'to': 30}}],"
			"'oldest': [{'from': 'n'}, {'buffer': {'capacity': 2, 'overflow': 'drop_oldest'}}, "
			"{'output': {'name': 'a'}}],"
			"'newest': [{'from': 'n'}, {'buffer': {'capacity': 3, 'overflow': 'drop_newest'}}, "
			"{'output': {'name': 'b', 'capacity': 1}}],"
			"'latest': [{'from': 'n'}, {'buffer': {'capacity': 1, 'overflow': 'latest'}}, "
			"{'null': "
			"{}}]}}" },
	{ .ticks = true,
		.name = "ticks and readings",
		.definition =
			"{'weir': 1, 'streams': {"
			"'ticks': [{'interval': {'period': '300ms', 'missed': 'burst', 'overflow': "
			"'drop_newest'}}, {'map': {'n': 'i64(n)'}}],"
			"'load': [{'poll': {'period': '500ms', 'overflow': 'latest', 'values': {'load': "
			"{'path': '/proc/loadavg'}, 'none': {'path': '/proc/none'}}}, 'on_error': {'to': "
			"'errors'}}, {'map': {'n': 'i64(load)'}}],"
			"'all': [{'merge': ['ticks', 'load']}, {'stdout': {'format': 'csv'}}],"
			"'errors': [{'inbox': {'capacity': 2, 'overflow': 'drop_oldest'}}, {'file': {'path': "
			"'errors.ndjson', 'format': 'ndjson', 'mode': 'append'}}]}}",
		.files = { { "proc/loadavg", "2.50 1.00 0.50 1/99 4711\n", 0 } },
		.horizon_ns = 3000000000u },
	{ .ticks = true,
		.name = "bytes of records",
		.definition =
			"{'weir': 1, 'records': {'r': {'n': 'u32', 'ok': 'bool'}}, 'streams': {"
			"'s': [{'file': {'path': 'in.bin', 'format': 'binary', 'record': 'r'}, 'on_error': "
			"'drop'}, {'set': {'n': 'n + 1'}}, {'file': {'path': 'out.bin', 'format': "
			"'binary'}}]}}",
		.files = { { "in.bin",
			"\1\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\7\0\0\0\4\0\0\0\1\0\0\0\5\0\0\0\0\0\0\0"
			"\6\0\0\0\1\0\0\0\7\0\0\0\1\0\0\0\x08\0\0\0\1\0\0\0\x09\0\0\0\1\0\0\0\x0a\0\0\0\1\0\0"
			"\0"
			"\x0b\0\0\0",
			84 } } },
	{ .ticks = true,
		.name = "a branch that has enough and one that fails",
		.definition =
			"{'weir': 1, 'streams': {'n': [{'range': {'to': 40}}],"
			"'few': [{'from': 'n'}, {'take': 7}, {'file': {'path': 'few.csv', 'format': 'csv'}}],"
			"'fails': [{'from': 'n'}, {'map': {'q': '100 / (n - 12)'}}, {'file': {'path': "
			"'fails.csv', 'format': 'csv'}}],"
			"'rest': [{'from': 'n'}, {'stdout': {'format': 'ndjson'}}]}}" },
	{ .ticks = true,
		.name = "failures dealt with",
		.definition =
			"{'weir': 1, " READING "'streams': {"
			"'gone': [{'file': {'path': 'none.csv', 'format': 'csv', 'record': 'r'}}, {'retry': "
			"{'attempts': 2, 'backoff': '100ms'}}],"
			"'there': [{'file': {'path': 'bad.csv', 'format': 'csv', 'record': 'r'}}, {'retry': "
			"{'attempts': 1, 'backoff': '50ms', 'jitter': 0}}],"
			"'stored': [{'file': {'path': 'in.csv', 'format': 'csv', 'record': 'r'}, 'on_error': "
			"'drop'}],"
			"'any': [{'catch': ['gone', 'there', 'stored']}, {'stdout': {'format': 'csv'}}],"
			"'first': [{'range': {'to': 9}}, {'map': {'x': '10 / (n - 4)'}}],"
			"'second': [{'range': {'to': 3}}, {'map': {'x': 'n'}}],"
			"'broken': [{'circuit_breaker': {'streams': ['first', 'second'], 'failures': 2, "
			"'open': '1s'}}, {'take': 30}, {'file': {'path': 'broken.csv', 'format': 'csv'}}]}}",
		.files = { { "in.csv", CSV_LINES, 0 }, { "bad.csv", "x\n1\n", 0 } } },
	{ .ticks = true,
		.name = "streams that items start",
		.definition =
			"{'weir': 1, " READING "'streams': {"
			"'in': [{'file': {'path': 'in.csv', 'format': 'csv', 'record': 'r'}, 'on_error': "
			"'drop'}],"
			"'each': [{'item': 'r'}, {'filter': 'v > 2'}, {'map': {'v': 'v'}}],"
			"'all': [{'from': 'in'}, {'flat_map': {'stream': 'each', 'max_inner': 2}}, "
			"{'stdout': "
			"{'format': 'csv'}}],"
			"'some': [{'range': {'to': 4}}, {'map': {'m': 'n * 3'}}],"
			"'last': [{'from': 'in'}, {'switch': 'some'}, {'file': {'path': 'last.csv', "
			"'format': "
			"'csv'}}]}}",
		.files = { { "in.csv", CSV_LINES, 0 } } },
	{ .ticks = true,
		.name = "streams side by side",
		.definition =
			"{'weir': 1, 'streams': {"
			"'odd': [{'range': {'from': 1, 'to': 40, 'step': 2}}, {'filter': 'n % 3 != 0'}],"
			"'even': [{'range': {'to': 30, 'step': 2}}],"
			"'sorted': [{'merge_sorted': {'streams': ['odd', 'even'], 'by': 'n'}}, {'file': "
			"{'path': "
			"'sorted.csv', 'format': 'csv'}}],"
			"'ten': [{'range': {'from': 10, 'to': 20}}], 'five': [{'range': {'to': 5}}],"
			"'pairs': [{'zip': {'streams': ['ten', 'five'], 'emit': {'p': 'ten.n * five.n'}}}, "
			"{'timeout': "
			"'1s'}, {'file': {'path': 'pairs.csv', 'format': 'csv'}}],"
			"'slow': [{'interval': {'period': '100ms', 'overflow': 'latest'}}, {'map': {'n': "
			"'i64(n)'}}],"
			"'slower': [{'interval': {'period': '150ms', 'overflow': 'drop_newest'}}, {'map': "
			"{'n': "
			"'i64(n) + 100'}}, {'expect_every': '70ms', 'on_error': {'to': 'silent'}}],"
			"'first': [{'race': ['slow', 'slower']}, {'take': 5}, {'stdout': {'format': 'csv'}}],"
			"'silent': [{'inbox': {'capacity': 2}}, {'file': {'path': 'silent.ndjson', 'format': "
			"'ndjson'}}]}}" },
};
const size_t scene_own_count = sizeof scene_own / sizeof scene_own[0];
