/* SPDX-License-Identifier: MIT */
/*
 * codec_crc.c -- the checksum of a frame, four bits at a time: 32 bytes of table, no multiplication.
 */
#include <weir/codec.h>

/* Row i is i * x^16 mod the polynomial. */
static const uint16_t rows[16] = { 0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7, 0x8108,
	0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };

static uint16_t add_nibble(uint16_t crc, unsigned nibble)
{
	return (uint16_t)((uint16_t)(crc << 4) ^ rows[(crc >> 12) ^ nibble]);
}

uint16_t weir_crc16(uint16_t crc, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		crc = add_nibble(add_nibble(crc, p[i] >> 4), p[i] & 0xfu);
	return crc;
}
