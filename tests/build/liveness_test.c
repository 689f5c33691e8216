/* SPDX-License-Identifier: MIT */
/*
 * liveness_test.c -- claims about definitions that stall and definitions that do not: what `weir check` says of each,
 * and that it is so when it is run. All hang on one source of 20,000 items, `a`, or on two.
 */
#include "liveness_rig.h"

struct row {
	const char *claim, *streams;
	enum verdict verdict;
	bool stalls;      /* when it is run: what can stall need not, with these items */
	const char *says; /* how a message begins; NULL: there is none */
	uint32_t span;    /* items a span, and slots of a zip; 0: as on hosts */
};

#define A            "'a': [{'count': 20000}]"
#define B            "'b': [{'count': {'items': 20000, 'span': 5}}]"
#define DRAIN(name)  "'" name "_end': [{'from': '" name "'}, {'drain': {}}]"
#define ZIP(a, b)    "'j': [{'zip': ['" a "', '" b "']}, {'drain': {}}]"
#define SORTED(a, b) "'j': [{'merge_sorted': {'streams': ['" a "', '" b "'], 'by': 'v'}}, {'drain': {}}]"
#define IDLE(a, b) \
	"'j': [{'merge_sorted': {'streams': ['" a "', '" b "'], 'by': 'v', 'idle': '1s'}}, {'drain': {}}]"
#define MERGE(a, b)     "'j': [{'merge': ['" a "', '" b "']}, {'drain': {}}]"
#define S(from, stages) "'s': [{'from': '" from "'}" stages "]"
#define T(from, stages) "'t': [{'from': '" from "'}" stages "]"
#define FILTER          ", {'filter': 'v % 10000 == 9999'}"
#define SKIP(n)         ", {'skip': " #n "}"
#define BUFFER(n)       ", {'buffer': " #n "}"
#define FREE(n)         ", {'buffer': {'capacity': " #n ", 'overflow': 'drop_oldest'}}"
#define WINDOW(size)    ", {'window': {'tumbling': '" size "', 'time': 'at', 'emit': {'n': 'count()'}}}"
#define FAULTY(how)     ", {'map': {'x': '1 / (v / 19000)'}, 'on_error': " how "}"
#define FREE_INBOX      "[{'inbox': {'capacity': 8, 'overflow': 'drop_newest'}}]"
/* Its errors, of which there are none, go to a side stream; all its items are taken at once, and the last one stays. */
#define AGAIN(end)                                                                                    \
	"'a': [{'count': 20000}, {'map': {'x': 'v'}, 'on_error': {'to': 'bad'}}, {'switch': 'c'}" end \
	"],'c': [{'item': 'r'}]"
/* Of ten thousand items one; and beside it a stream that each of them starts. */
#define NINES     S("a", ", {'map': {'x': 'v'}}, {'filter': 'x % 10000 == 9999'}" FREE(8))
#define ANEW      T("a", ", {'map': {'x': 'v'}}, {'switch': 'c'}") ",'c': [{'item': 'r'}]"
#define THOUSANDS ", {'set': {'v': 'v / 1000'}}"

static const struct row rows[] = {
	/* ---- zip of branches that stay level ---- */
	{ "two sources", A "," B "," ZIP("a", "b"), LIVE, false, NULL, 0 },
	{ "a filter of another source: it is only waited for", A "," B "," S("b", FILTER) "," ZIP("a", "s"),
		LIVE, false, NULL, 0 },
	{ "a map", A "," S("a", ", {'map': {'x': 'v * 2'}}") "," ZIP("a", "s"), LIVE, false, NULL, 0 },
	{ "the stream's own tail", A "," S("a", SKIP(1)) "," ZIP("a", "s"), LIVE, false, NULL, 0 },
	{ "two tails of one length", A "," S("a", SKIP(9000)) "," T("a", SKIP(9000)) "," ZIP("s", "t"), LIVE,
		false, NULL, 0 },
	{ "a head: it ends, and so does the zip", A "," S("a", ", {'take': 5}") "," ZIP("a", "s"), LIVE,
		false, NULL, 0 },
	{ "what it draws from is drained beside it", A "," S("a", SKIP(1)) "," DRAIN("a") "," ZIP("a", "s"),
		LIVE, false, NULL, 0 },
	/* ---- one behind by a number ---- */
	{ "one behind by less than the slots", A "," S("a", SKIP(15)) "," ZIP("a", "s"), LIVE, false, NULL,
		16 },
	{ "one behind by as many as there are slots", A "," S("a", SKIP(16)) "," ZIP("a", "s"), CAN_STALL,
		true,
		"this zip can stall: \"s\" falls further behind (s.1.skip) than edge "
		"a.tee -> j.0.zip has room for; put a "
		"buffer of at least 1 on that edge",
		16 },
	{ "that buffer is enough", A "," S("a", SKIP(16)) "," T("a", BUFFER(1)) "," ZIP("t", "s"), LIVE,
		false, NULL, 16 },
	{ "a slot for each item", A "," S("a", SKIP(1)) "," ZIP("a", "s"), CAN_STALL, true,
		"this zip can stall: \"s\" falls further behind", 1 },
	{ "one far behind", A "," S("a", SKIP(5000)) "," ZIP("a", "s"), STALLS, true,
		"this zip stalls: \"s\" begins 5000 items late, and edge a.tee -> "
		"j.0.zip takes 32 at most; put a buffer "
		"of at least 10000 on that edge",
		16 },
	{ "that buffer is enough, too", A "," S("a", SKIP(5000)) "," T("a", BUFFER(10000)) "," ZIP("t", "s"),
		LIVE, false, NULL, 16 },
	{ "a buffer that is asked for more when half of it is free: that is not soon enough",
		A "," S("a", SKIP(5000)) "," T("a", BUFFER(9900)) "," ZIP("t", "s"), CAN_STALL, true,
		"this zip can stall: \"s\" falls further behind", 16 },
	{ "a buffer that is too small", A "," S("a", SKIP(5000)) "," T("a", BUFFER(4000)) "," ZIP("t", "s"),
		STALLS, true,
		"this zip stalls: \"s\" begins 5000 items late, and edge a.tee -> "
		"t.1.buffer takes 4048 at most",
		16 },
	{ "a buffer on the wrong branch", A "," S("a", BUFFER(10000) SKIP(5000)) "," ZIP("a", "s"), STALLS,
		true,
		"this zip stalls: \"s\" begins 5000 items late, and edge a.tee -> "
		"j.0.zip takes 32 at most",
		16 },
	{ "two behind, by little more one than the other",
		A "," S("a", SKIP(40)) "," T("a", SKIP(30)) "," ZIP("s", "t"), LIVE, false, NULL, 16 },
	{ "below it somebody may have enough",
		A "," S("a", SKIP(5000)) ","
					 "'j': [{'zip': ['a', 's']}, {'take': 1}, "
					 "{'drain': {}}]",
		CAN_STALL, true, "this zip can stall: \"s\" falls further behind", 16 },
	/* ---- one behind by any number ---- */
	{ "a filter", A "," S("a", FILTER) "," ZIP("a", "s"), CAN_STALL, true,
		"this zip can stall: \"s\" may bring any number less (s.1.filter) "
		"than edge a.tee -> j.0.zip, and a.tee "
		"sends nothing on once that is full; put a buffer with an overflow "
		"policy on each branch",
		0 },
	{ "the other branch set free: now that one may drop",
		A "," S("a", FILTER) "," T("a", FREE(4)) "," ZIP("t", "s"), CAN_STALL, false,
		"this zip can stall: \"t\" may bring any number less (t.1.buffer) "
		"than edge a.tee -> ",
		0 },
	{ "both set free", A "," S("a", FREE(4) FILTER) "," T("a", FREE(4)) "," ZIP("t", "s"), LIVE, false,
		NULL, 0 },
	{ "a buffer that fails when it is full: that is an end, too",
		A "," S("a", FILTER) "," T("a", ", {'buffer': {'capacity': 4, "
						"'overflow': 'error'}}") "," ZIP("t", "s"),
		LIVE, false, NULL, 0 },
	{ "a throttle", A "," S("a", ", {'throttle': '1h'}") "," ZIP("a", "s"), CAN_STALL, true,
		"this zip can stall: \"s\" may bring any number less (s.1.throttle)", 0 },
	{ "a window",
		A "," S("a", ", {'window': {'tumbling': '15s', 'time': 'at', 'emit': "
			     "{'n': 'count()'}}}") "," ZIP("a", "s"),
		CAN_STALL, true, "this zip can stall: \"s\" may bring any number less (s.1.window)", 0 },
	{ "a map that drops what is in error",
		A "," S("a", ", {'map': {'x': '1 / (v / 19000)'}, 'on_error': "
			     "'drop'}") "," ZIP("a", "s"),
		CAN_STALL, true, "this zip can stall: \"s\" may bring any number less (s.1.map)", 0 },
	{ "a merge with another: that one's items take the room",
		A "," B "," S("a", "") ",'m': [{'merge': ['s', 'b']}]," ZIP("m", "a"), CAN_STALL, true,
		"this zip can stall: it waits for \"a\" while edge a.tee -> m.0.merge fills up, and a.tee "
		"sends nothing "
		"on once that is full; put a buffer with an overflow policy on each branch",
		16 },
	{ "a queue above a stage that leaves items on its edge has room for one",
		A "," S("a", SKIP(6)) "," T("a", BUFFER(6) WINDOW("1ms")) "," ZIP("t", "s"), CAN_STALL, true,
		"this zip can stall: \"s\" falls further behind (s.1.skip) than edge a.tee -> t.1.buffer",
		4 },
	/* ---- side streams ---- */
	{ "a stream with its own errors",
		A "," S("a", ", {'map': {'x': '1 / (v / 19000)'}, 'on_error': {'to': "
			     "'bad'}}") ",'bad': [{'inbox': {'capacity': 8}}]," ZIP("s", "bad"),
		CAN_STALL, true, "this zip can stall: \"s\" may bring any number less (s.1.map)", 0 },
	{ "its errors elsewhere",
		A "," S("a", ", {'map': {'v': '1 / (v / 19000)'}, 'on_error': {'to': "
			     "'bad'}}") ",'bad': [{'inbox': {'capacity': 8}}, "
					"{'drain': {'credit': 1}}]," B
					"," MERGE("s", "t") "," T("b", ", {'map': {'v': 'v'}}"),
		LIVE, false, NULL, 0 },
	{ "a merge of a stream with its own errors",
		A "," S("a", ", {'map': {'item': '1 / (v / 19000)'}, 'on_error': {'to': "
			     "'bad'}}") ",'bad': [{'inbox': {'capacity': 8}}, {'map': "
					"{'item': 'i64(item)'}}]," MERGE("s", "bad"),
		LIVE, false, NULL, 0 },
	{ "a stream with the errors of two branches: two for one item",
		A "," S("a", FAULTY("{'to': 'bad'}") ", {'drain': {}}") "," T(
			"a", FAULTY("{'to': 'bad'}") ", {'drain': {}}") ",'bad': [{'inbox': {'capacity': "
									"8}}]," ZIP("a", "bad"),
		CAN_STALL, true, "this zip can stall: it waits for \"a\" while edge a.tee -> ", 16 },
	{ "a stream with errors that end when it does, though nobody takes what it gives",
		AGAIN("") ",'bad': " FREE_INBOX "," ZIP("a", "bad"), LIVE, false, NULL, 0 },
	{ "errors that may come again as long as nobody takes what the stream gives",
		AGAIN(", {'retry': {'attempts': 1}}") ",'bad': " FREE_INBOX "," ZIP("a", "bad"), CAN_STALL,
		true, "this zip can stall: \"bad\" may bring any number less (", 0 },
	/* ---- a stream that each item starts anew ---- */
	{ "a zip keeps what the streams gave: the next item starts one anew",
		A "," NINES "," ANEW ",'j': [{'zip': ['s', 't']}, {'drain': {}}]", LIVE, false, NULL, 16 },
	{ "a merge_sorted leaves it where it lies, and the next item waits for that",
		A "," NINES "," ANEW
		  ",'j': [{'merge_sorted': {'streams': ['s', 't'], 'by': 'x'}}, {'drain': {}}]",
		CAN_STALL, true, "this merge_sorted can stall: \"s\" may bring any number less (s.3.buffer)",
		16 },
	{ "a filter between them changes nothing",
		A "," NINES "," ANEW ",'u': [{'from': 't'}, {'filter': 'x >= 0'}],"
		  "'j': [{'merge_sorted': {'streams': ['s', 'u'], 'by': 'x'}}, {'drain': {}}]",
		CAN_STALL, true, "this merge_sorted can stall: \"s\" may bring any number less (s.3.buffer)",
		16 },
	/* ---- a stream that draws from where the item came from that started it ---- */
	{ "it wants all of what its own item's stream waits for",
		"'a': [{'count': 20000}, {'share': 3}]," T("a", ", {'flat_map': {'stream': 'c', 'max_inner': "
								"1}}, {'drain': {}}") ",'c': [{'from': 'a'}, "
										      "{'skip': 1}]",
		CAN_STALL, true,
		"this skip can stall: what it draws from \"a.1.share\" comes no more once edge a.1.share -> "
		"t.1.flat_map is full",
		16 },
	{ "it wants what is there",
		"'a': [{'count': 20000}, {'share': 3}]," T("a", ", {'flat_map': {'stream': 'c', 'max_inner': "
								"1}}, {'drain': {}}") ",'c': [{'from': 'a'}, "
										      "{'take': 1}]",
		CAN_STALL, false, "this take can stall: what it draws from", 16 },
	{ "items are dropped while it lives",
		"'a': [{'count': 20000}, {'share': 3}]," T("a",
			FREE(8) ", {'flat_map': {'stream': 'c', 'max_inner': 1}}, {'drain': {}}") ",'c': "
												  "[{'from': "
												  "'a'}, "
												  "{'skip': "
												  "1}]",
		LIVE, false, NULL, 16 },
	/* ---- merge_sorted ---- */
	{ "two sources, sorted", A "," B "," SORTED("a", "b"), LIVE, false, NULL, 0 },
	{ "a filter of another source, sorted", A "," B "," S("b", FILTER) "," SORTED("a", "s"), LIVE, false,
		NULL, 0 },
	{ "two branches that lie in one span", A "," S("a", SKIP(1)) "," SORTED("a", "s"), STALLS, true,
		"this merge_sorted stalls: the last item of \"a\" or \"s\" always "
		"waits for the next of the other, and "
		"a.tee sends none before both are gone; give \"idle\", or edges "
		"a.tee -> j.0.merge_sorted and a.tee -> "
		"s.1.skip buffers with an overflow policy",
		0 },
	{ "they lie in one span, but somebody below may have enough",
		A "," S("a", SKIP(1)) ","
				      "'j': [{'merge_sorted': {'streams': ['a', 's'], "
				      "'by': 'v'}}, {'take': 5}, {'drain': {}}]",
		CAN_STALL, false, "this merge_sorted can stall: it waits for \"a\"", 0 },
	{ "a silent branch is passed over", A "," S("a", FILTER) "," IDLE("a", "s"), LIVE, false, NULL, 0 },
	{ "buffers: what is left of a span keeps all of it",
		A "," S("a", BUFFER(8)) "," T("a", BUFFER(8)) "," SORTED("s", "t"), CAN_STALL, true,
		"this merge_sorted can stall: it waits for \"s\" while edge a.tee -> "
		"t.1.buffer fills up, and a.tee sends "
		"nothing on once that is full; put a buffer with an overflow policy "
		"on each branch, or give \"idle\"",
		0 },
	{ "buffers, where a thousand are",
		A "," S("a", BUFFER(8) THOUSANDS) "," T("a", BUFFER(8) THOUSANDS) "," SORTED("s", "t"),
		CAN_STALL, true, "this merge_sorted can stall: it waits for \"s\"", 0 },
	{ "both set free, sorted", A "," S("a", FREE(8) THOUSANDS) "," T("a", FREE(8)) "," SORTED("s", "t"),
		LIVE, false, NULL, 0 },
	{ "a filter, sorted", A "," S("a", FILTER) "," SORTED("a", "s"), CAN_STALL, true,
		"this merge_sorted can stall: \"s\" may bring any number less (s.1.filter) than edge "
		"a.tee -> "
		"j.0.merge_sorted, and a.tee sends nothing on once that is full; put a buffer with "
		"an overflow policy "
		"on each branch, or give \"idle\"",
		0 },
	{ "two branches that lie in the spans of two sources",
		A "," B ",'m': [{'merge': ['a', 'b']}]," S("m",
			SKIP(1)) ",'j': [{'merge_sorted': "
				 "{'streams': ['m', 's'], 'by': 'at'}, 'on_error': 'drop'}, {'drain': {}}]",
		CAN_STALL, true, "this merge_sorted can stall: it waits for \"s\" while edge m.tee -> ", 0 },
	/* ---- combiners that do not wait ---- */
	{ "combine_latest waits for nobody: it replaces what is not wanted yet",
		A "," S("a", FILTER) ",'j': [{'combine_latest': ['a', 's']}, {'drain': {}}]", LIVE, false,
		NULL, 0 },
	{ "with_latest_from does not either",
		A "," S("a", FILTER) ",'j': [{'with_latest_from': ['a', 's']}, {'drain': {}}]", LIVE, false,
		NULL, 0 },
	{ "a merge waits for nobody", A "," S("a", FILTER) "," T("a", SKIP(5000)) "," MERGE("s", "t"), LIVE,
		false, NULL, 0 },
	/* ---- two tees, two zips ---- */
	{ "two are late for each other, together by less than both have slots",
		A "," B "," S("a", SKIP(20)) "," T("b", SKIP(11)) "," ZIP(
			"a", "t") ",'k': [{'zip': ['s', 'b']}, {'drain': {}}]",
		LIVE, false, NULL, 16 },
	{ "together by as many",
		A "," B "," S("a", SKIP(20)) "," T("b", SKIP(12)) "," ZIP(
			"a", "t") ",'k': [{'zip': ['s', 'b']}, {'drain': {}}]",
		CAN_STALL, true,
		"this zip can stall: \"s\" falls further behind (s.1.skip) than edge a.tee -> "
		"j.0.zip has room for",
		16 },
	{ "a filter between two tees",
		A "," B "," S("a", FILTER) "," ZIP("a", "b") ",'k': [{'zip': ['s', 'b']}, {'drain': {}}]",
		CAN_STALL, true, "this zip can stall: \"s\" may bring any number less (s.1.filter)", 16 },
};
#define ROWS (int)(sizeof rows / sizeof rows[0])

/* The definition of a row's streams; those behind a ! are of the event clock. */
static const char *whole(const char *streams)
{
	static char text[8192];
	bool event = *streams == '!';

	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'clock': '%s', 'records': {'r': {'x': 'i64'}}, 'streams': {\n%s\n}}",
		event ? "event" : "monotonic", streams + event);
	return text;
}

START_TEST(check_says_what_a_run_does)
{
	const struct row *r = &rows[_i];

	ck_assert_msg(load(whole(r->streams), true, false, r->span) == WEIR_OK, "%s:\n%s", r->claim, told);
	ck_assert_msg(verdict == r->verdict, "%s: verdict %d:\n%s", r->claim, verdict, told);
	if (r->says == NULL)
		ck_assert_msg(told[0] == '\0', "%s:\n%s", r->claim, told);
	else
		ck_assert_msg(strstr(told, r->says) != NULL, "%s:\n%s", r->claim, told);
	ck_assert_msg(runs_to_its_end(weir_definition_plan(definition)) == !r->stalls, "%s: it %s", r->claim,
		r->stalls ? "ended" : "stands still");
	weir_definition_close(definition);
}
END_TEST

/* What stalls for sure is refused, unless the caller wants to see it. */
START_TEST(a_sure_stall_is_a_fault_and_others_only_if_strict)
{
	const struct row *r = &rows[_i];

	ck_assert_int_eq(
		load(whole(r->streams), false, false, r->span), r->verdict == STALLS ? WEIR_EINVAL : 0);
	ck_assert(strstr(told, " error: ") == NULL || r->verdict == STALLS);
	weir_definition_close(definition);
	definition = NULL;
	ck_assert_int_eq(load(whole(r->streams), false, true, r->span), r->verdict == LIVE ? 0 : WEIR_EINVAL);
	ck_assert_ptr_null(strstr(told, " warning: "));
	weir_definition_close(definition);
	definition = NULL;
}
END_TEST

/* ---- what may be silent, what has no bound ---- */

/* Each row's messages, all of them; @ marks where they stand, in order. Not run: some of it never ends. */
struct warning {
	const char *claim, *streams, *says;
};

#define SILENT(in, who, what)                                                                         \
	"\"" in "\" may be silent (" who "), and this " what " waits for it; give \"idle\", such as " \
	"\"5s\"\n"
#define TICKS                                                                                              \
	"'i': [{'interval': {'period': '1s', 'overflow': 'latest'}}, {'map': {'at': 'at', 'v': 'i64(n)', " \
	"'w': '0.5'}}]"
#define TIME(in, who, window)                                                \
	"\"" in "\" may be silent (" who "), and time waits for it: " window \
	" keeps its results; give \"idle\", "                                \
	"such as \"5s\"\n"
#define MERGED(idle, stages) "'j': [{'merge': {'streams': ['a', @'i']" idle "}}" stages ", {'drain': {}}]"
#define KEY(key, more)                                                                              \
	A ",'k': [{'from': 'a'}, {'map': {'yes': 'v > 1', 'small': 'u8(v % 9)', 'v': 'v', 'text': " \
	  "'`ab`'}}, "                                                                              \
	  "{'throttle': {'period': '1s', 'key': " key more "}}, {'drain': {}}]"
#define KEYS                                                                                                \
	"the key can have more values than there are places (256), and the next would end the stream; set " \
	"\"max_keys\", "                                                                                    \
	"or \"keys_full\" to \"evict_oldest\"\n"

static const struct warning warnings[] = {
	{ "a hot source may be silent",
		A "," TICKS ",'j': [{'merge_sorted': {'streams': ['a', @'i'], 'by': 'v'}}, {'drain': {}}]",
		SILENT("i", "i.0.interval", "merge_sorted") },
	{ "not for longer than idle",
		A "," TICKS
		  ",'j': [{'merge_sorted': {'streams': ['a', 'i'], 'by': 'v', 'idle': '5s'}}, {'drain': {}}]",
		"" },
	{ "so may what is left of it, and what it was merged with",
		A "," TICKS ",'f': [{'from': 'i'}, {'filter': 'v > 3'}], 'm': [{'merge': ['f', 'a']}], 'j': "
		  "[{'merge_sorted': "
		  "{'streams': [@'m', 'b'], 'by': 'v'}}, {'drain': {}}]," B,
		SILENT("m", "i.0.interval", "merge_sorted") },
	{ "a port may be silent, standard input, and a device",
		"'p': [{'input': {'name': 'p', 'record': 'r'}}], 's': [{'stdin': {'format': 'csv', 'record': "
		"'r'}}],"
		"'d': [{'serial': {'path': 'tty', 'format': 'frames', 'record': 'r'}}],"
		"'j': [{'merge_sorted': {'streams': [@'p', @'s', @'d'], 'by': 'x'}}, {'drain': {}}]",
		SILENT("p", "p.0.input", "merge_sorted") SILENT("s", "s.0.stdin", "merge_sorted")
			SILENT("d", "d.0.serial", "merge_sorted") },
	{ "errors may not come",
		A "," B "," S("b",
			FAULTY("{'to': 'bad'}") ", {'drain': {}}") ",'bad': [{'inbox': {'capacity': 8}}, "
								   "{'map': {'at': 'at', 'v': 'i64(item)', "
								   "'w': '0.5'}}],"
								   "'j': [{'merge_sorted': {'streams': ['a', "
								   "@'bad'], 'by': 'v'}}, {'drain': {}}]",
		SILENT("bad", "bad.0.inbox", "merge_sorted") },
	{ "nor late items",
		A "," B "," S("b",
			", {'window': {'tumbling': '1s', 'time': 'at', 'late': {'to': 'late'}, 'emit': {'n': "
			"'count()'}}}, {'drain': {}}") ",'late': [{'inbox': {'capacity': 8}}],"
						       "'j': [{'merge_sorted': {'streams': ['a', @'late'], "
						       "'by': 'v'}}, {'drain': {}}]",
		SILENT("late", "late.0.inbox", "merge_sorted") },
	{ "a zip waits for its pair: that is what it is for",
		A "," TICKS ",'j': [{'zip': ['a', 'i']}, {'drain': {}}]", "" },
	{ "a merge waits for nobody", A "," TICKS "," MERGED("", WINDOW("1s")), "" },
	{ "but under the event clock time does", "!" A "," TICKS "," MERGED("", WINDOW("1s")),
		TIME("i", "i.0.interval", "j.1.window") },
	{ "not for longer than idle", "!" A "," TICKS "," MERGED(", 'idle': '5s'", WINDOW("1s")), "" },
	{ "nor where nobody needs it", "!" A "," TICKS "," MERGED("", ", {'throttle': '1s'}"), "" },
	{ "a key of few values has a place for each", KEY("'small'", ""), "" },
	{ "one of many has not", KEY("@'v'", ""), KEYS },
	{ "nor a text", KEY("@'text'", ""), KEYS },
	{ "nor two together", KEY("@['small', 'yes']", ""), KEYS },
	{ "whoever says how many knows", KEY("'v'", ", 'max_keys': 20"), "" },
	{ "or what becomes of the next", KEY("'v'", ", 'keys_full': 'evict_oldest'"), "" },
	{ "or of an item in error",
		A ",'k': [{'from': 'a'}, {'throttle': {'period': '1s', 'key': 'v'}, 'on_error': 'drop'}, "
		  "{'drain': {}}]",
		"" },
};
#define WARNINGS (int)(sizeof warnings / sizeof warnings[0])

/* Take the marks out of the text and put "t:line:column: warning: " before the n-th line of `says`, for the n-th. */
static const char *place(char *text, const char *says)
{
	static char lines[4096];
	unsigned line = 1, column = 1;
	char *to = text;

	lines[0] = '\0';
	for (const char *at = text; *at != '\0'; at++) {
		const char *end = strchr(says, '\n');

		if (*at == '@' && end != NULL) {
			(void)snprintf(lines + strlen(lines), sizeof lines - strlen(lines),
				"t:%u:%u: warning: %.*s", line, column, (int)(end + 1 - says), says);
			says = end + 1;
		}
		column = *at == '\n' ? 1 : column + (*at != '@');
		line += *at == '\n';
		if (*at != '@')
			*to++ = *at;
	}
	*to = '\0';
	return lines;
}

START_TEST(check_warns_at_the_place)
{
	const struct warning *w = &warnings[_i];
	char text[8192];
	const char *expected;

	(void)snprintf(text, sizeof text, "%s", whole(w->streams));
	expected = place(text, w->says);
	ck_assert_msg(load(text, false, false, 0) == WEIR_OK, "%s:\n%s\n%s", w->claim, text, told);
	ck_assert_msg(strcmp(told, expected) == 0, "%s: told\n%s, not\n%s", w->claim, told, expected);
	weir_definition_close(definition);
	definition = NULL;
	ck_assert_int_eq(load(text, false, true, 0), *w->says == '\0' ? WEIR_OK : WEIR_EINVAL);
	weir_definition_close(definition);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("liveness");
	TCase *tc = tcase_create("liveness");
	SRunner *sr = srunner_create(suite);
	int bad;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, check_says_what_a_run_does, 0, ROWS);
	tcase_add_loop_test(tc, a_sure_stall_is_a_fault_and_others_only_if_strict, 0, ROWS);
	tcase_add_loop_test(tc, check_warns_at_the_place, 0, WARNINGS);
	srunner_run_all(sr, CK_ENV);
	bad = srunner_ntests_failed(sr);
	srunner_free(sr);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
