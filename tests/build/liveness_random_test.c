/* SPDX-License-Identifier: MIT */
/*
 * liveness_random_test.c -- random definitions: what `weir check` has nothing to say of always ends, and what it says
 * stalls for sure always does. WEIR_SEEDS: how many (10,000); WEIR_SEED: that one alone, with its text.
 */
#include <stdarg.h>

#include "liveness_rig.h"
#include "support/setting.h"

#define STREAMS_MAX 24

static uint64_t state;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

static bool one_in(uint32_t n)
{
	return random_below(n) == 0;
}

/* ---- a definition ---- */

struct stream {
	char name[8];
	bool drawn;
	bool inner; /* items start it: nobody else draws from it */
};

static char text[16384];
static struct stream streams[STREAMS_MAX];
static uint32_t n_streams;
static bool event;

static void add(const char *format, ...)
{
	size_t at = strlen(text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text + at, sizeof text - at, format, args);
	va_end(args);
}

static struct stream *new_stream(const char *prefix)
{
	struct stream *s = &streams[n_streams];

	ck_assert_uint_lt(n_streams, STREAMS_MAX);
	*s = (struct stream){ .drawn = false };
	(void)snprintf(s->name, sizeof s->name, "%s%u", prefix, n_streams++);
	return s;
}

static const char *draw(struct stream *s)
{
	s->drawn = true;
	return s->name;
}

static struct stream *some_stream(void)
{
	struct stream *s = &streams[random_below(n_streams)];

	return s->inner ? &streams[0] : s; /* the first is a source */
}

static const char *some_overflow(void)
{
	static const char *const words[] = { "suspend", "suspend", "suspend", "drop_oldest", "drop_newest",
		"latest", "error" };

	return words[random_below(sizeof words / sizeof *words)];
}

/* A stage that leaves the record as it is. */
static void add_stage(void)
{
	switch (random_below(14)) {
	case 0:
		add(",{'filter':'v %% %u != 0'}", 2 + random_below(3));
		break;
	case 1:
		add(",{'filter':'v %% 40 == 39'}");
		break;
	case 2:
	case 3:
	case 4:
		add(",{'skip':%u}", random_below(one_in(2) ? 4 : 40));
		break;
	case 5:
		add(",{'take':%u}", random_below(60));
		break;
	case 6:
	case 7:
	case 8:
		add(",{'buffer':{'capacity':%u,'overflow':'%s'}}", 1 + random_below(one_in(2) ? 6 : 90),
			some_overflow());
		break;
	case 9:
		add(",{'throttle':'%ums'}", event ? 1 + random_below(9) : 1);
		break;
	case 10:
		add(",{'timeout':'1h'}");
		break;
	case 11:
		add(",{'window':{'tumbling':'%ums','time':'at','emit':{'at':'window_start()','v':'first(v)',"
		    "'w':'avg(w)'}}}",
			1 + random_below(9));
		break;
	case 12:
		add(",{'batch':{'count':%u%s}}", 1 + random_below(20), one_in(2) ? ",'every':'3ms'" : "");
		break;
	default:
		add(",{'set':{'w':'w + 1.5'}}");
	}
}

/* A stage whose items start a stream of one item each. */
static void add_inner(void)
{
	struct stream *s = new_stream("i");

	s->drawn = s->inner = true;
	if (one_in(2))
		add(",{'flat_map':{'stream':'%s','max_inner':%u}}]", s->name, 1 + random_below(3));
	else
		add(",{'switch':'%s'}]", s->name);
	add(",\n'%s':[{'item':'r'}", s->name);
	if (one_in(2))
		add(",{'filter':'v %% 3 != 0'}");
}

/* A stage of which some items are in error, and a stream of these. */
static void add_faulty(void)
{
	if (one_in(2)) {
		add(",{'set':{'w':'f64(10 / (v %% 7))'},'on_error':'drop'}");
		return;
	}
	add(",{'set':{'w':'f64(10 / (v %% 7))'},'on_error':{'to':'%s'}}]", new_stream("e")->name);
	add(",\n'%s':[{'inbox':{'capacity':%u,'overflow':'%s'}},"
	    "{'map':{'at':'at','v':'i64(item)','w':'f64(item)'}}",
		streams[n_streams - 1].name, 1 + random_below(8), some_overflow());
}

static void add_branch(void)
{
	struct stream *from = some_stream(), *s = new_stream("b");

	add(",\n'%s':[{'from':'%s'}", s->name, draw(from));
	for (uint32_t n = random_below(4); n > 0; n--)
		add_stage();
	if (one_in(8))
		add_faulty();
	else if (one_in(10))
		add_inner();
	add("]");
}

/* Two or three streams, each named once. */
static uint32_t pick(struct stream **list)
{
	uint32_t wanted = one_in(4) ? 3 : 2, n = 0;

	for (int tries = 0; n < wanted && tries < 20; tries++) {
		struct stream *s = some_stream();
		bool there = false;

		for (uint32_t i = 0; i < n; i++)
			there = there || list[i] == s;
		if (!there)
			list[n++] = s;
	}
	return n;
}

static void add_combiner(void)
{
	static const char *const names[] = { "zip", "zip", "zip", "combine_latest", "with_latest_from",
		"merge_sorted", "merge", "race" };
	struct stream *in[3] = { NULL, NULL, NULL }, *s;
	uint32_t n = pick(in), kind = random_below(8);

	if (n < 2)
		return;
	s = new_stream("c");
	add(",\n'%s':[{'%s':{'streams':[", s->name, names[kind]);
	for (uint32_t i = 0; i < n; i++)
		add("%s'%s'", i > 0 ? "," : "", draw(in[i]));
	add("]");
	if (kind < 5)
		add(",'emit':{'at':'%s.at','v':'%s.v','w':'%s.w'}", in[0]->name, in[0]->name, in[1]->name);
	if (kind == 5)
		add(",'by':'v'");
	if (kind == 5 && one_in(3))
		add(",'idle':'1ms'");
	add("}%s}]", kind == 5 ? ",'on_error':'drop'" : "");
}

/* A stream beside itself, with numbers that matter: skips and batches, and queues of about that size. */
static void add_diamond(void)
{
	const char *from = draw(some_stream()), *in[2];
	struct stream *s;

	for (int i = 0; i < 2; i++) {
		s = new_stream("d");
		in[i] = draw(s);
		add(",\n'%s':[{'from':'%s'}", s->name, from);
		for (uint32_t n = random_below(4); n > 0; n--) {
			if (one_in(2))
				add(",{'skip':%u}", random_below(12));
			else if (one_in(4))
				add(",{'batch':%u}", 1 + random_below(12));
			else
				add(",{'buffer':%u}", 1 + random_below(24));
		}
		add("]");
	}
	s = new_stream("c");
	add(",\n'%s':[{'zip':{'streams':['%s','%s'],'emit':{'at':'%s.at','v':'%s.v','w':'%s.w'}}}]", s->name,
		in[0], in[1], in[0], in[0], in[1]);
}

static void add_drain(const struct stream *s)
{
	static const uint32_t credits[] = { 1, 2, 5, UINT32_MAX, UINT32_MAX };

	add(",\n'%s_end':[{'from':'%s'},{'drain':{'credit':%u,'most':%u}}]", s->name, s->name,
		credits[random_below(5)], credits[random_below(5)]);
}

static void make_definition(uint64_t seed)
{
	uint32_t n_sources, last;

	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	n_streams = 0;
	text[0] = '\0';
	event = one_in(3);
	n_sources = one_in(3) ? 2 : 1;
	add("{'weir':1,'clock':'%s','records':{'r':{'at':'time','v':'i64','w':'f64'}},'streams':{'none':[{'"
	    "count':0},{'drain':{}}]",
		event ? "event" : "monotonic");
	for (uint32_t i = 0; i < n_sources; i++)
		add(",\n'%s':[{'count':{'items':%u,'span':%u}}]", new_stream("s")->name,
			150 + random_below(150), 1 + random_below(12));
	for (uint32_t n = 2 + random_below(5); n > 0; n--) {
		if (one_in(4))
			add_diamond();
		else if (one_in(2))
			add_branch();
		else
			add_combiner();
	}
	last = n_streams;
	for (uint32_t i = 0; i < last; i++)
		if (!streams[i].inner && (!streams[i].drawn || one_in(4)))
			add_drain(&streams[i]);
	add("}}");
}

/* ---- claims ---- */

/* The edge that a text names first, "from -> to". */
static uint16_t edge_of(const struct weir_plan *plan, const char *says)
{
	char from[64], to[64];

	ck_assert_int_eq(sscanf(says, "%63s -> %63s", from, to), 2);
	for (uint16_t i = 0; i < plan->n_edges; i++)
		if (strcmp(plan->stages[plan->edges[i].from].id, from) == 0 &&
			strcmp(plan->stages[plan->edges[i].to].id, to) == 0)
			return i;
	ck_abort_msg("no edge %s", says);
	return 0;
}

/* Whether so few items came that what stalls for sure did not come to it: all found room, or were one span. */
static bool too_few(const struct weir_plan *plan)
{
	const char *late = strstr(told, " items late, and edge "), *left = strstr(told, ", or edges ");
	unsigned long long most = 0;
	uint16_t edge;

	if (late != NULL) {
		ck_assert_int_eq(sscanf(strstr(late, " takes "), " takes %llu", &most), 1);
		return sent[edge_of(plan, late + strlen(" items late, and edge "))] <= most;
	}
	ck_assert_ptr_nonnull(left);
	edge = edge_of(plan, left + strlen(", or edges "));
	return sent[edge] <= plan->edges[edge].cap_items;
}

static unsigned live, can_stall, can_and_do, stall;

static void judge(uint64_t seed, bool show)
{
	bool ended, sure;

	make_definition(seed);
	if (show)
		printf("%s\n", text), (void)fflush(stdout);
	ck_assert_msg(load(text, true, false, 1 + random_below(12)) == WEIR_OK, "seed %llu:\n%s\n%s",
		(unsigned long long)seed, text, told);
	ended = runs_to_its_end(weir_definition_plan(definition));
	sure = verdict == STALLS && (!ended || (!failed && !too_few(weir_definition_plan(definition))));
	weir_definition_close(definition);
	if (show)
		printf("%s%s\n", told, ended ? "it ended" : "it stands still");
	ck_assert_msg(ended || verdict != LIVE, "seed %llu stands still, and check had nothing to say:\n%s",
		(unsigned long long)seed, text);
	ck_assert_msg(!ended || !sure, "seed %llu ended, and check was sure that it stalls:\n%s\n%s",
		(unsigned long long)seed, text, told);
	live += verdict == LIVE;
	stall += verdict == STALLS;
	can_stall += verdict == CAN_STALL;
	can_and_do += verdict == CAN_STALL && !ended;
}

START_TEST(what_check_says_is_what_happens)
{
	uint64_t seeds = setting("WEIR_SEEDS", 10000), one = setting("WEIR_SEED", 0);

	if (one != 0) {
		judge(one, true);
		return;
	}
	for (uint64_t seed = 1; seed <= seeds; seed++)
		judge(seed, false);
	printf("%u live, %u stall, %u can stall: %u did\n", live, stall, can_stall, can_and_do);
	ck_assert_uint_gt(live, seeds / 4); /* there is something of each */
	ck_assert_uint_gt(stall, seeds / 1000);
	ck_assert_uint_gt(can_and_do, seeds / 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("liveness_random");
	TCase *tc = tcase_create("liveness_random");
	SRunner *sr = srunner_create(suite);
	int bad;

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, what_check_says_is_what_happens);
	srunner_run_all(sr, CK_ENV);
	bad = srunner_ntests_failed(sr);
	srunner_free(sr);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
