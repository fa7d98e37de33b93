/*
 * The layout of save and dump files, versions 5 and 6: sizes, numbers and
 * offsets of fields, as drawn in trafd(5).  Version 6 is version 5 with a table
 * of owners in front of the segments.  FROZEN: never change them; add version 7
 * and keep reading these.  Everything is little-endian and unaligned.
 * Private to the modules that read and write blocks.
 */
#ifndef BLOCK_FORMAT_H
#define BLOCK_FORMAT_H

#include "base/endian.h"

#define BLOCK_VERSION		5
#define BLOCK_VERSION_OWNERS	6	/* only blocks that have owners */

/*
 * Not text.  A transfer that strips the eighth bit, converts line ends or
 * stops at a control-Z damages the magic, so that this is noticed.
 */
#define BLOCK_MAGIC		"\211TRAF\r\n\032"
#define BLOCK_MAGIC_LEN		8

/* ---- header ---- */
enum {
	HDR_MAGIC = 0,
	HDR_VERSION = 8,	/* u16 */
	HDR_KIND = 10,		/* u8 */
	HDR_PORTS = 11,		/* u8 */
	HDR_LENGTH = 12,	/* u32: fixed part, ledger, texts, padding */
	HDR_CRC = 16,		/* u32: of the whole header, this field 0 */
	HDR_SEGMENTS = 20,	/* u32 */
	HDR_BODY = 24,		/* u64: bytes between header and trailer */
	HDR_ROWS = 32,		/* u64, as all that follow */
	HDR_INSTANCE = 40,
	HDR_EPOCH = 48,
	HDR_EPOCH_FIRST = 56,
	HDR_BEGIN = 64,
	HDR_END = 72,
	HDR_DURATION = 80,
	HDR_PACKETS = 88,
	HDR_DATA = 96,
	HDR_IP = 104,
	HDR_MINSIZE = 112,
	HDR_LEDGER = 120,	/* u16: entries after the fixed part */
	HDR_TEXTS = 122,	/* u16: texts after the ledger */
	HDR_RESERVED = 124,	/* 20 bytes of 0 */
	HDR_OWNERS = 124,	/* u32, version 6: length of the table of
				   owners, with which the body begins */
	HDR_FIXED = 144
};

/* Longest header: limits the memory and time that a reader needs for one. */
#define HDR_MAX			16384

/* A text: id u8, 0, length u16, bytes without NUL. */
enum {
	TEXT_IFNAME = 1,
	TEXT_HOST = 2,
	TEXT_FILTER = 3,
	TEXT_NETWORKS = 4,
	TEXT_CLOCK = 5,		/* dumps only; left out if empty */
	TEXT_TRACE = 6		/* indexes of traces only; likewise */
};
#define TEXT_HEAD		4

/* ---- table of owners, version 6 ---- */
enum {
	OWN_LENGTH = 0,		/* u32: of the table, all included */
	OWN_CRC = 4,		/* u32: of the table, this field 0 */
	OWN_INTERFACES = 8,	/* u16: number of the last interface */
	OWN_CODEC = 10,		/* u8 */
	OWN_RESERVED = 11,	/* a byte of 0 */
	OWN_OWNERS = 12,	/* u32 */
	OWN_SIZE = 16,		/* u32: bytes of the texts, decompressed */
	OWN_STORED = 20,	/* u32: bytes stored of them */
	OWN_FIXED = 24
};
#define OWN_OWNERS_MAX		65536
#define OWN_TEXT_MAX		(8U << 20)

/* ---- segment: up to SEG_ROWS rows, decoded independently ---- */
enum {
	SEG_LENGTH = 0,		/* u32: of the segment, all included */
	SEG_CRC = 4,		/* u32: of the segment, this field 0 */
	SEG_NUMBER = 8,		/* u32: in its block, from 0 */
	SEG_NROWS = 12,		/* u32: 1 .. SEG_ROWS */
	SEG_ADDR4 = 16,		/* u32: different IPv4-mapped addresses */
	SEG_ADDR6 = 20,		/* u32: different other addresses */
	SEG_STREAMS = 24,	/* u16 */
	SEG_RESERVED = 26,	/* 6 bytes of 0 */
	SEG_FIXED = 32
};
#define SEG_ROWS		65536

/* A stream: head and stored bytes. */
enum {
	STR_COLUMN = 0,		/* u8: enum column_id */
	STR_ENCODING = 1,	/* u8 */
	STR_PLANE = 2,		/* u8 */
	STR_CODEC = 3,		/* u8 */
	STR_LENGTH = 4,		/* u32: stored bytes */
	STR_HEAD = 8
};

/* The stream is byte number `plane' of each value of the column, lowest 0. */
#define ENCODING_PLANE		1

enum {
	CODEC_NONE = 0,
	CODEC_ZSTD = 1
};

/* ---- trailer ---- */
enum {
	TRL_LENGTH = 0,		/* u64: of the whole block */
	TRL_HDR_CRC = 8,	/* u32: the header's checksum again */
	TRL_CRC = 12,		/* u32: of the 12 bytes before */
	TRL_FIXED = 16
};

#endif
