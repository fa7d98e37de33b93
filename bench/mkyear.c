/*
 * Bench and tests only: make a save file of 5-minute blocks like those of a
 * busy site.
 *
 *	mkyear [-b FIRST] FILE BLOCKS ROWS [FRESH [FLOWS]]
 *
 * The file is replaced; with -b, blocks from number FIRST on are appended,
 * the same as if all had been made at once.
 * A conversation is two rows.  With ROWS rows per block there are 0.4 * ROWS
 * local hosts, few of them busy, and 3 * ROWS servers, few of them popular.
 * Each host has 60 favourite servers, few of them used often; FRESH (default
 * 3) of a hundred conversations are with one of two million other addresses.
 * With FLOWS each row is also written to that file as a line of text: begin,
 * end (s), src, dst, sport, dport, proto, packets, bytes.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "file/block.h"

#define START	UINT64_C(1735689600)	/* 2025-01-01 */

static uint64_t	rng = 1;
static uint32_t	hosts, servers, fresh = 3;

static uint64_t
next(void)
{
	uint64_t	z = (rng += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31);
}

/* A random number below n; small ones are much more frequent. */
static uint32_t
few(uint32_t n)
{
	double	u = (double)(next() >> 11) / 9007199254740992.0;

	return ((uint32_t)(u * u * u * n));
}

static void
address(uint8_t a[16], uint32_t v)
{
	memset(a, 0, 16);
	a[10] = a[11] = 0xff;
	a[12] = (uint8_t)(v >> 24);
	a[13] = (uint8_t)(v >> 16);
	a[14] = (uint8_t)(v >> 8);
	a[15] = (uint8_t)v;
}

/* The server that is favourite i of a host; always the same one. */
static uint32_t
favourite(uint32_t host, uint32_t i)
{
	uint64_t	z = (host * UINT64_C(64) + i + 1) *
			    UINT64_C(0x9e3779b97f4a7c15);
	double		u = (double)((z ^ z >> 29) * UINT64_C(
			    0xbf58476d1ce4e5b9) >> 11) / 9007199254740992.0;

	return ((uint32_t)(u * u * u * servers));
}

static uint32_t
peer_of(uint32_t host)
{
	if (next() % 100 < fresh)
		return (0x30000000 + (uint32_t)(next() % 2000000) * 64);
	return (0x20000000 + favourite(host, few(60)) * 1024);
}

static void
count(struct flow *f, uint64_t packets, uint64_t size)
{
	f->count.packets = packets;
	f->count.data = packets * size;
	f->count.ip = f->count.data + packets * 40;
}

/* Fill two rows: one direction and the other. */
static void
conversation(struct flow *f)
{
	static const uint16_t	ports[] = {
		443, 443, 443, 443, 80, 53, 53, 123, 22, 25, 993, 8080, 3389
	};
	uint32_t		host = few(hosts), peer = peer_of(host);
	uint16_t		port = ports[next() % 13];
	uint64_t		r = next();

	memset(f, 0, 2 * sizeof(*f));
	f[0].key.family = f[1].key.family = FLOW_FAMILY_IP4;
	f[0].key.proto = f[1].key.proto = port == 53 || port == 123 ? 17 : 6;
	address(f[0].key.src, 0x0a000000 + host);
	address(f[0].key.dst, peer);
	address(f[1].key.src, peer);
	address(f[1].key.dst, 0x0a000000 + host);
	f[0].key.sport = f[1].key.dport = (uint16_t)(1024 + r % 60000);
	f[0].key.dport = f[1].key.sport = port;
	count(&f[0], 1 + (r >> 20) % 50, 20 + (r >> 32) % 200);
	count(&f[1], 1 + (r >> 20) % 90, 100 + (r >> 40) % 1300);
}

static int
by_key(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

static void
print_flows(FILE *to, const struct block_info *b, const struct flow **row,
    size_t n)
{
	const uint8_t	*s, *d;
	size_t		 i;

	for (i = 0; to != NULL && i < n; i++) {
		s = row[i]->key.src + 12;
		d = row[i]->key.dst + 12;
		fprintf(to, "%llu %llu %u.%u.%u.%u %u.%u.%u.%u %u %u %u %llu "
		    "%llu\n", (unsigned long long)(b->begin_ns / NS_PER_S),
		    (unsigned long long)(b->end_ns / NS_PER_S), s[0], s[1], s[2],
		    s[3], d[0], d[1], d[2], d[3], row[i]->key.sport,
		    row[i]->key.dport, row[i]->key.proto,
		    (unsigned long long)row[i]->count.packets,
		    (unsigned long long)row[i]->count.ip);
	}
}

static _Noreturn void
usage(void)
{
	errx(1, "usage: mkyear [-b FIRST] FILE BLOCKS ROWS [FRESH [FLOWS]]");
}

int
main(int argc, char **argv)
{
	struct block_info	  b = { .kind = BLOCK_SAVE, .instance = 7 };
	struct flow		 *row;
	const struct flow	**order;
	size_t			  i, n, rows;
	uint64_t		  block, blocks, first = 0;
	int64_t			  len;
	off_t			  at;
	FILE			 *flows = NULL;
	int			  ch, fd, flags = O_TRUNC;

	while ((ch = getopt(argc, argv, "b:")) != -1) {
		if (ch != 'b')
			usage();
		first = strtoull(optarg, NULL, 10);
		flags = 0;
	}
	argc -= optind - 1;
	argv += optind - 1;
	if (argc < 4)
		usage();
	blocks = strtoull(argv[2], NULL, 10);
	rows = strtoull(argv[3], NULL, 10) & ~(size_t)1;
	hosts = (uint32_t)(rows * 2 / 5) + 1;
	servers = (uint32_t)rows * 3 + 1;
	if (argc > 4)
		fresh = (uint32_t)strtoul(argv[4], NULL, 10);
	if (argc > 5 && (flows = fopen(argv[5], "w")) == NULL)
		err(1, "%s", argv[5]);
	if ((fd = open(argv[1], O_RDWR | O_CREAT | flags, 0640)) == -1 ||
	    (at = lseek(fd, 0, SEEK_END)) == -1)
		err(1, "%s", argv[1]);
	row = calloc(rows, sizeof(*row));
	order = calloc(rows, sizeof(*order));
	if (row == NULL || order == NULL)
		err(1, NULL);
	strcpy(b.ifname, "eth0");
	strcpy(b.host, "gate");
	strcpy(b.networks, "10.0.0.0/8");
	for (block = first; block < first + blocks; block++) {
		rng = block << 32;
		for (i = 0; i < rows; i += 2)
			conversation(&row[i]);
		for (i = 0; i < rows; i++)
			order[i] = &row[i];
		qsort(order, rows, sizeof(*order), by_key);
		for (n = i = 0; i < rows; i++)
			if (n == 0 || by_key(&order[n - 1], &order[i]) != 0)
				order[n++] = order[i];
		b.epoch = b.epoch_first = block + 1;
		b.begin_ns = (START + block * 300) * NS_PER_S;
		b.end_ns = b.begin_ns + 300 * NS_PER_S;
		b.duration_ns = 300 * NS_PER_S;
		b.ledger.v[LEDGER_FRAMES] = b.ledger.v[LEDGER_IP] = n;
		if ((len = block_write(fd, at, &b, order, n)) == -1)
			err(1, "%s", argv[1]);
		at += len;
		print_flows(flows, &b, order, n);
	}
	free(row);
	free(order);
	if (close(fd) == -1 || (flows != NULL && fclose(flows) == EOF))
		err(1, "%s", argv[1]);
	return (0);
}
