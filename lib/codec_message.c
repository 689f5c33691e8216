/* SPDX-License-Identifier: MIT */
/*
 * codec_message.c -- what decoders tell with a fault: a text that names the field, made in the stage's own state, and
 * the time of the item before it.
 *
 * A text must live as long as the error that points to it: the state does, and the next message is only made
 * when the one before was dropped and told.
 */
#include <string.h>

#include <weir/codec.h>
#include <weir/plan.h>

const char *weir_codec_message(char message[WEIR_CODEC_MESSAGE_BYTES], const char *name, const char *what)
{
	const char *const parts[] = { name != NULL ? name : "", name != NULL ? ": " : "", what };
	size_t n = 0;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		for (const char *s = parts[i]; *s != '\0' && n < WEIR_CODEC_MESSAGE_BYTES - 1; s++)
			message[n++] = *s;
	message[n] = '\0';
	return message;
}

void weir_codec_note_time(const struct weir_ctx *c, const void *record, int64_t *time_ns)
{
	if (c->event_clock && c->def->instant_offset != WEIR_NO_INSTANT)
		memcpy(time_ns, (const unsigned char *)record + c->def->instant_offset, sizeof *time_ns);
}
