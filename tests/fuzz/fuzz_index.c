/*
 * Indexes of traces.  The input changes the index of a small trace, or is an
 * index.  Its first octet: bit 0, checksums are corrected afterwards, else no
 * change would get past them; bit 1, the rest is the index, else it is changes
 * of three octets each: an offset and what to invert there.
 *
 * The parts found must be in order and end with the trace, and reading them
 * must be safe; if no checksum was corrected, no packet may be missing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "file/block_header.h"
#include "packet/decode.h"
#include "trace/index_write.h"
#include "trace/search.h"
#include "fuzz.h"
#include "seal.h"

#define OCTETS	46
#define RECORD	(16 + OCTETS)
#define EACH	4		/* frames of a part */
#define PARTS	6
#define FRAMES	(EACH * PARTS)
#define HEADER	24
#define MOST	((size_t)1 << 16)

static char	dir[] = "/tmp/fuzz_index.XXXXXX", trace[64], idx[64];
static uint8_t	good[MOST];
static size_t	ngood;

static void
clean(void)
{
	(void)unlink(trace);
	(void)unlink(idx);
	(void)rmdir(dir);
}

/* A UDP packet to a host that is the number of its part. */
static void
make_frame(uint8_t f[OCTETS], unsigned i)
{
	memset(f, 0, OCTETS);
	put_be16(f + 12, 0x0800);
	f[14] = 0x45;
	put_be16(f + 16, OCTETS - 14);
	f[23] = 17;
	put_be32(f + 26, 0x0a000001);
	put_be32(f + 30, 0x0a010000 + i / EACH);
	put_be16(f + 38, 12);
}

static void
make_trace(void)
{
	uint8_t	file[HEADER + FRAMES * RECORD] = { 0xd4, 0xc3, 0xb2, 0xa1, 2,
		    0, 4 }, *p;
	int	fd = open(trace, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	unsigned i;

	put_le32(file + 16, 65535);
	put_le32(file + 20, 1);
	for (i = 0; i < FRAMES; i++) {
		p = file + HEADER + i * RECORD;
		put_le32(p, 1000 + i);
		put_le32(p + 8, OCTETS);
		put_le32(p + 12, OCTETS);
		make_frame(p + 16, i);
	}
	check(fd != -1 && write_at(fd, file, sizeof(file), 0) == 0);
	(void)close(fd);
}

static void
make_index(void)
{
	const off_t		 head = 0;
	uint8_t			 octets[OCTETS];
	struct frame		 f = { .octets = octets, .caplen = OCTETS,
				    .wirelen = OCTETS };
	int			 fd = open(trace, O_RDONLY);
	int			 to = open(idx, O_RDWR | O_CREAT, 0600);
	struct index_writer	*w;
	off_t			 at = HEADER;
	unsigned		 i;
	ssize_t			 n;

	check(fd != -1 && to != -1 &&
	    (w = index_writer_new(to, fd, "eth0")) != NULL);
	for (i = 0; i < FRAMES; i++, at += RECORD) {
		make_frame(octets, i);
		f.time_ns = (1000 + i) * UINT64_C(1000000000);
		check(index_writer_add(w, 1, &f, 1, at, at + RECORD, &head,
		    1) == 0);
		if (i % EACH == EACH - 1)
			check(index_writer_flush(w) == 0);
	}
	check(index_writer_end(w) == 0);
	(void)close(fd);
	fd = open(idx, O_RDONLY);
	check(fd != -1);
	n = read(fd, good, sizeof(good));
	check(n > 0);
	ngood = (size_t)n;
	(void)close(fd);
}

static void
begin(void)
{
	if (trace[0] != '\0')
		return;
	check(mkdtemp(dir) != NULL);
	(void)snprintf(trace, sizeof(trace), "%s/t", dir);
	(void)snprintf(idx, sizeof(idx), "%s/t" INDEX_SUFFIX, dir);
	(void)atexit(clean);
	make_trace();
	make_index();
}

/* ---- searches ---- */

static bool
is_host(void *arg, const struct flow *f)
{
	return (get_be32(f->key.dst + 12) == *(const uint32_t *)arg);
}

static void
check_order(const struct index_want *want)
{
	struct index_find	*f = index_find_open(trace, want);
	struct index_part	 part;
	off_t			 last = 0;
	size_t			 i;

	check(f != NULL);
	while (index_find_next(f, &part)) {
		check(last != -1 && part.from >= last);
		check(part.to == -1 || part.to > part.from);
		for (i = 0; i < part.nheads; i++)
			check(part.heads[i] < part.from &&
			    (i == 0 || part.heads[i] > part.heads[i - 1]));
		last = part.to;
	}
	check(last == -1);
	index_find_close(f);
}

static unsigned
count(const struct index_want *want, uint32_t host)
{
	struct search	*s = search_open(trace, want);
	struct frame	 f[8];
	struct packet	 p;
	unsigned	 found = 0;
	int		 i, n;

	check(s != NULL);
	memset(f, 0, sizeof(f));
	while (search_next(s, f, 8, &n) == CAPFILE_FRAMES)
		for (i = 0; i < n; i++)
			if (decode_for_link(1)(f[i].octets, f[i].caplen,
			    f[i].wirelen, &p) == DECODED_IP &&
			    get_be32(p.key.dst + 12) == host)
				found++;
	search_close(s);
	return (found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static uint8_t		octets[MOST];
	uint32_t		host = 0x0a010000 + PARTS / 2;
	struct index_want	want = { .wanted = is_host, .arg = &host };
	size_t			i, n;
	int			fd;

	begin();
	if (size == 0 || size > MOST)
		return (0);
	n = (in[0] & 2) != 0 ? size - 1 : ngood;
	memcpy(octets, (in[0] & 2) != 0 ? in + 1 : good, n);
	for (i = 1; (in[0] & 2) == 0 && size - i >= 3; i += 3)
		octets[get_le16(in + i) % ngood] ^= in[i + 2];
	if ((in[0] & 1) != 0)
		seal_all(octets, n);
	fd = open(idx, O_WRONLY | O_TRUNC);
	check(fd != -1 && (n == 0 || write_at(fd, octets, n, 0) == 0));
	(void)close(fd);
	check_order(&want);
	n = count(&want, host);
	check((in[0] & 1) != 0 || n == EACH);
	return (0);
}
