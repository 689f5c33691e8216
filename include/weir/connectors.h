/* SPDX-License-Identifier: MIT */
/*
 * connectors.h -- the sources and sinks of this build: their parameters, and the one list. Hosted.
 *
 * Byte sources (file, stdin, serial, tcp, udp, unix) give weir_bytes_record and byte sinks of these names take it; `format`
 * puts a codec beside them, and every parameter not in a connector's own table is that codec's. Without a
 * format the stream is one of bytes. Whoever lays the plan out gives a byte source's edge up to
 * WEIR_FD_SLICE_BYTES of buffer: a source reads straight into it, once a turn.
 */
#ifndef WEIR_CONNECTORS_H
#define WEIR_CONNECTORS_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_FD_SLICE_BYTES 65536u /* most bytes read or written in one turn, and a byte sink's prefetch */

/* All of them, NULL-terminated; built from connectors.def. "file" stands for a source and for a sink. */
extern const struct weir_op_type *const weir_connector_types[];

extern const struct weir_op_type weir_file_source_type;
extern const struct weir_op_type weir_file_sink_type;
extern const struct weir_op_type weir_stdin_source_type;
extern const struct weir_op_type weir_stdout_sink_type;
extern const struct weir_op_type weir_null_sink_type;
extern const struct weir_op_type weir_range_source_type;
extern const struct weir_op_type weir_interval_source_type;
extern const struct weir_op_type weir_poll_source_type;
extern const struct weir_op_type weir_serial_source_type;
extern const struct weir_op_type weir_serial_sink_type;
extern const struct weir_op_type weir_tcp_source_type;
extern const struct weir_op_type weir_tcp_sink_type;
extern const struct weir_op_type weir_udp_source_type;
extern const struct weir_op_type weir_udp_sink_type;
extern const struct weir_op_type weir_unix_source_type;
extern const struct weir_op_type weir_unix_sink_type;

struct weir_file_source_params {
	const char *path;
};

enum weir_file_mode {
	WEIR_FILE_REPLACE, /* into a temporary file beside it, renamed at a normal end, else removed */
	WEIR_FILE_APPEND,
};

struct weir_file_sink_params {
	const char *path;
	uint8_t mode; /* enum weir_file_mode */
	/*
	 * Appending to a non-empty file: leave out the first line. The builder sets it (true) for a format
	 * that writes a header line.
	 */
	bool skip_header;
};

struct weir_stdout_params {
	bool lines; /* branches take turns at line ends only; the builder clears it for a binary format */
};

enum weir_parity { WEIR_PARITY_NONE, WEIR_PARITY_EVEN, WEIR_PARITY_ODD };

/*
 * A terminal device, or the socket (AF_UNIX, stream) that somebody listens at. A source and a sink of one thread
 * may name the same one; they then have the same settings. Those of a terminal are as found again at the end.
 */
struct weir_serial_params {
	const char *path;
	uint32_t baud;      /* one that termios has a constant for */
	uint32_t data_bits; /* 5 to 8 */
	uint32_t stop_bits; /* 1 or 2 */
	uint8_t parity;     /* enum weir_parity; a byte that fails it is read as 0 */
	bool rts_cts;
};

/* Of tcp: "host:port"; of unix: a path of at most 107 bytes. */
struct weir_socket_params {
	const char *address;
	bool listen; /* take the first that connects, instead of connecting */
};

struct weir_range_params {
	int64_t from, to, step; /* to: exclusive; step: not 0, negative counts down */
};

/* What becomes of a reading nobody asked for yet. One may always wait; this is about the next. */
enum weir_hot_overflow {
	WEIR_HOT_DROP_OLDEST, /* the newer one takes the waiting one's place */
	WEIR_HOT_DROP_NEWEST, /* the newer one goes */
	WEIR_HOT_LATEST,      /* as drop_oldest: only one waits */
	WEIR_HOT_ERROR,       /* the stream ends with WEIR_EFULL */
};

/* What becomes of ticks that the program was too busy for. */
enum weir_missed {
	WEIR_MISSED_SKIP,  /* one tick for all of them, then on at the next multiple of the period */
	WEIR_MISSED_BURST, /* each of them, at once */
	WEIR_MISSED_DELAY, /* one tick, the next a whole period later: the raster shifts */
};

/* Bytes cut into datagrams. */
struct weir_udp_params {
	const char *address;     /* "host:port" */
	uint32_t datagram_bytes; /* at most */
	/* Source: datagrams are lines, also those that lack the end. Sink: cut at line ends only. The builder clears it
	   for a binary format. */
	bool lines;
	uint8_t overflow; /* source: enum weir_hot_overflow */
};

/* Tick k comes k + 1 periods after the start. */
struct weir_interval_params {
	uint64_t period_ns;
	uint8_t missed;   /* enum weir_missed */
	uint8_t overflow; /* enum weir_hot_overflow */
};

/* The record of interval: {n: u64, at: time}. n is the tick's number; ticks left out leave a gap. */
struct weir_interval_item {
	uint64_t n;
	int64_t at;
};

/*
 * Where one number of a poll stands in a small text file, of which the first 4096 bytes are read: behind the
 * first place where `pattern` occurs (NULL: the start of the file), in the column-th (from 1) of the
 * blank-separated words up to the end of that line. Its value is number * scale + offset.
 */
struct weir_poll_value {
	const char *path;
	const char *pattern; /* NULL: none */
	uint32_t column;     /* 1 unless given */
	double scale;        /* 1 unless given */
	double offset;       /* 0 unless given */
};

/*
 * What a VALUES parameter becomes. record: field 0 is `at: time`, field 1 + i is an f64 and takes list[i].
 * It is the stage's output record. Const; lives as long as the plan.
 */
struct weir_poll_values {
	const struct weir_poll_value *list;
	const struct weir_record *record;
	uint16_t n;
};

struct weir_poll_params {
	uint64_t period_ns;
	const struct weir_poll_values *values;
	uint8_t overflow; /* enum weir_hot_overflow */
};

#ifdef __cplusplus
}
#endif
#endif
