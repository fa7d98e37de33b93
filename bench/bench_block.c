/*
 * Size of blocks, and the speed of writing and reading them.  Input: lines
 * `src,sport,dst,dport,proto,packets,bytes', or tab-separated `src sport dst
 * dport proto packets data bytes'.  If data bytes are not given, they are
 * computed with headers without options.
 *
 *	bench_block FILE [rounds]
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/block.h"

struct rows {
	struct flow		*row;
	const struct flow	**sorted;
	size_t			 n, room;
};

static double
cpu_seconds(void)
{
	struct rusage	u;

	getrusage(RUSAGE_SELF, &u);
	return ((double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
}

static int
parse_address(const char *text, uint8_t out[16])
{
	memset(out, 0, 16);
	out[10] = out[11] = 0xff;
	if (inet_pton(AF_INET, text, out + 12) == 1)
		return (FLOW_FAMILY_IP4);
	if (inet_pton(AF_INET6, text, out) == 1)
		return (FLOW_FAMILY_IP6);
	return (-1);
}

/* Header bytes of a packet without options. */
static unsigned
usual_head(const struct flow_key *k)
{
	unsigned	ip = k->family == FLOW_FAMILY_IP6 ? 40 : 20;

	return (k->proto == 6 ? ip + 20 : k->proto == 17 || k->proto == 1 ||
	    k->proto == 58 ? ip + 8 : ip);
}

static int
parse_line(const char *line, struct flow *f)
{
	char		src[64], dst[64];
	unsigned	sport, dport, proto;
	uint64_t	c[3];
	int		n, family;

	n = sscanf(line, "%63[^,\t]%*1[,\t]%u%*1[,\t]%63[^,\t]%*1[,\t]"
	    "%u%*1[,\t]%u%*1[,\t]%" SCNu64 "%*1[,\t]%" SCNu64 "%*1[,\t]%"
	    SCNu64, src, &sport, dst, &dport, &proto, &c[0], &c[1], &c[2]);
	if (n < 7)
		return (-1);
	memset(f, 0, sizeof(*f));
	family = parse_address(src, f->key.src);
	if (family == -1 || parse_address(dst, f->key.dst) != family)
		return (-1);
	f->key.family = (uint8_t)family;
	f->key.proto = (uint8_t)proto;
	f->key.sport = (uint16_t)sport;
	f->key.dport = (uint16_t)dport;
	f->count.packets = c[0];
	f->count.ip = c[n == 8 ? 2 : 1];
	f->count.data = n == 8 ? c[1] : c[1] - c[0] * usual_head(&f->key);
	return (0);
}

static void
read_rows(const char *path, struct rows *r)
{
	FILE	*in;
	char	 line[512];

	if ((in = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (r->n == r->room) {
			r->room = r->room == 0 ? 4096 : 2 * r->room;
			r->row = realloc(r->row, r->room * sizeof(*r->row));
			if (r->row == NULL)
				err(1, NULL);
		}
		if (parse_line(line, &r->row[r->n]) == 0)
			r->n++;
	}
	fclose(in);
}

static int
by_key(const void *a, const void *b)
{
	const struct flow *const	*x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

static void
sort_rows(struct rows *r)
{
	size_t	i, n = 0;

	if ((r->sorted = calloc(r->n + 1, sizeof(*r->sorted))) == NULL)
		err(1, NULL);
	for (i = 0; i < r->n; i++)
		r->sorted[i] = &r->row[i];
	qsort(r->sorted, r->n, sizeof(*r->sorted), by_key);
	for (i = 0; i < r->n; i++)
		if (n == 0 || by_key(&r->sorted[n - 1], &r->sorted[i]) != 0)
			r->sorted[n++] = r->sorted[i];
	r->n = n;
}

static void
report(const char *what, const struct rows *r, unsigned rounds, double cpu)
{
	printf("%-16s %8.2f M rows/s  %7.1f ns a row\n", what,
	    (double)r->n * rounds / cpu / 1e6,
	    cpu * 1e9 / ((double)r->n * rounds));
}

static void
bench_read(int fd, const struct rows *r, unsigned rounds, bool verify)
{
	const struct flow	*rows;
	struct block		*b;
	uint64_t		 sum = 0;
	double			 t = cpu_seconds();
	size_t			 n, i;
	unsigned		 k;

	for (k = 0; k < rounds; k++) {
		if (block_open(fd, 0, &b) != BLOCK_OK ||
		    (verify && block_verify(b) != BLOCK_OK))
			errx(1, "the block is not sound");
		while (block_rows(b, &rows, &n) == BLOCK_OK && n > 0)
			for (i = 0; i < n; i++)
				sum += rows[i].count.ip;
		if (sum != block_info(b)->total.ip * (k + 1))
			errx(1, "wrong sum");
		block_free(b);
	}
	report(verify ? "verify and read" : "read", r, rounds,
	    cpu_seconds() - t);
}

int
main(int argc, char **argv)
{
	static struct block_info info = { .kind = BLOCK_SAVE };
	struct rows	 r = { 0 };
	unsigned	 i, rounds;
	int64_t		 len = 0;
	double		 t;
	FILE		*f;

	if (argc < 2)
		errx(127, "usage: bench_block FILE [rounds]");
	rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 10;
	read_rows(argv[1], &r);
	t = cpu_seconds();
	sort_rows(&r);
	report("sort (qsort)", &r, 1, cpu_seconds() - t);
	if ((f = tmpfile()) == NULL)
		err(1, "temporary file");
	t = cpu_seconds();
	for (i = 0; i < rounds; i++)
		if ((len = block_write(fileno(f), 0, &info, r.sorted,
		    r.n)) == -1)
			err(1, "write");
	report("write", &r, rounds, cpu_seconds() - t);
	bench_read(fileno(f), &r, rounds, false);
	bench_read(fileno(f), &r, rounds, true);
	printf("%-16s %8zu rows, %" PRId64 " octets: %.2f octets a row\n",
	    "size", r.n, len, (double)len / (double)r.n);
	return (0);
}
