/*
 * The cost of dumping a large table: how long the freeze stops the capture,
 * how long the writer takes to sort and write the table, and how long merging
 * it back takes.
 *
 *	bench_freeze [ROWS] [DIRECTORY]
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "file/savefile.h"
#include "trafd/generation.h"

static double
seconds_since(uint64_t begin)
{
	return ((double)(now_mono() - begin) / 1e9);
}

/* Many clients talk to a few servers, in both directions. */
static void
fill(struct table *t, size_t rows)
{
	struct flow	f;
	uint32_t	client;
	size_t		i;

	memset(&f, 0, sizeof(f));
	f.key.src[10] = f.key.src[11] = f.key.dst[10] = f.key.dst[11] = 0xff;
	f.key.family = FLOW_FAMILY_IP4;
	f.key.proto = 6;
	f.key.dst[12] = 10;
	f.count.packets = 3;
	f.count.ip = 180;
	for (i = 0; i < rows; i++) {
		client = (uint32_t)i * 2654435761u;
		memcpy(f.key.src + 12, &client, sizeof(client));
		f.key.sport = (uint16_t)(1024 + (client >> 16) % 60000);
		f.key.dport = i % 3 == 0 ? 80 : 443;
		f.key.dst[15] = (uint8_t)(i % 20);
		(void)table_add(t, &f, 1);
	}
}

/* As capturer_thread.c does it. */
static void
freeze(struct generation **live, struct generation *fresh)
{
	generation_end(*live);
	generation_begin(fresh);
	*live = fresh;
}

/*
 * As capturer_thread.c merges a dumped table: into one that has received half
 * of the flows in the meantime.
 */
static void
bench_merge(const struct table *from, size_t rows)
{
	struct table	*into = table_new(2 * rows, NULL);
	size_t		 next = 0;
	uint64_t	 begin;

	if (into == NULL)
		err(1, "memory");
	fill(into, rows / 2);
	begin = now_mono();
	while (next < table_rows(from))
		table_merge(into, from, &next, TABLE_BATCH);
	printf("merge, s\t%.3f\nrows after it\t%zu\n", seconds_since(begin),
	    table_rows(into));
	table_free(into);
}

static void
write_block(const char *dir, const struct flow *const *rows, size_t n)
{
	struct savefile_result	 result;
	struct block_info	*info;
	int			 fd;

	if ((info = calloc(1, sizeof(*info))) == NULL ||
	    (fd = open(dir, O_RDONLY | O_DIRECTORY)) == -1)
		err(1, "%s", dir);
	info->kind = BLOCK_DUMP;
	info->epoch = info->epoch_first = info->instance = 1;
	if (savefile_replace(fd, "bench_freeze.dump", info, rows, n,
	    &result) == -1)
		err(1, "%s: %s", dir, result.step);
	printf("octets a row\t%.1f\n", (double)result.length / (double)n);
	(void)unlinkat(fd, "bench_freeze.dump", 0);
	(void)close(fd);
	free(info);
}

int
main(int argc, char **argv)
{
	size_t			  rows = 1000000;
	struct generation	 *live, *frozen, *fresh;
	const struct flow	**sorted;
	uint64_t		  begin;
	double			  pause;

	if (argc > 1)
		rows = strtoul(argv[1], NULL, 10);
	frozen = live = generation_new(1, 2 * rows, NULL, FLOW_PORTS_ALL);
	fresh = generation_new(1, 2 * rows, NULL, FLOW_PORTS_ALL);
	if (live == NULL || fresh == NULL)
		err(1, "memory");
	generation_begin(live);
	fill(live->table, rows);
	begin = now_mono();
	freeze(&live, fresh);
	pause = seconds_since(begin);
	printf("rows\t%zu\nfreeze, us\t%.1f\n", table_rows(frozen->table),
	    pause * 1e6);
	begin = now_mono();
	if ((sorted = table_sorted(frozen->table)) == NULL)
		err(1, "memory");
	printf("sort, s\t%.3f\n", seconds_since(begin));
	begin = now_mono();
	write_block(argc > 2 ? argv[2] : "/tmp", sorted,
	    table_rows(frozen->table));
	printf("write and fsync, s\t%.3f\n", seconds_since(begin));
	free(sorted);
	bench_merge(frozen->table, rows);
	generation_free(frozen);
	generation_free(live);
	return (0);
}
