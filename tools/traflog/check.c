/*
 * traflog --check: verify every block of a file, and add up what the daemon
 * could not count.
 */
#include <sys/types.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "base/printable.h"
#include "common/damage.h"
#include "common/finish.h"
#include "file/blocks.h"
#include "traffic.h"
#include "traflog.h"

struct check {
	const char	*path;
	struct out	*out;
	uint64_t	 blocks;	/* with a valid header */
	uint64_t	 damaged;	/* blocks, and ranges between blocks */
	uint64_t	 rows;
	struct flow_count total;
	struct ledger	 ledger;
};

/* Ledger entries of traffic that is not in the rows, or lost its detail. */
static const struct loss {
	enum ledger_entry	 entry;
	const char		*text;
} losses[] = {
	{ LEDGER_DROP_KERNEL, "packets dropped by the kernel" },
	{ LEDGER_DROP_IFACE, "packets dropped by the interface" },
	{ LEDGER_FOLD_PACKETS, "packets counted with less detail" },
	{ LEDGER_GAPS, "times nothing was counted" },
};

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct check	*c = arg;

	c->damaged++;
	damage_report(c->path, d);
}

static void
add_block(struct check *c, const struct block_info *info)
{
	c->rows += info->rows;
	flow_count_add(&c->total, &info->total);
	ledger_add(&c->ledger, &info->ledger);
}

static void
print_block(struct check *c, const struct block_info *info,
    const char *verdict)
{
	char	when[WHEN_LEN];

	out_right(c->out, c->blocks, 6);
	out_str(c->out, "   ");
	out_str(c->out, when_local(info->begin_ns, when));
	out_str(c->out, "   ");
	out_str(c->out, when_local(info->end_ns, when));
	out_right(c->out, info->rows, 10);
	out_str(c->out, plural_of(info->rows, " row    ", " rows   "));
	out_str(c->out, verdict);
	out_char(c->out, '\n');
}

static void
check_block(struct check *c, struct blocks *b)
{
	struct savefile_damage	d;
	enum block_error	e = blocks_verify(b);

	c->blocks++;
	if (e == BLOCK_OK)
		add_block(c, blocks_info(b));
	else {
		blocks_damage(b, e, &d);
		on_damage(c, &d);
	}
	print_block(c, blocks_info(b), e == BLOCK_OK ? "ok" :
	    block_strerror(e));
}

static void
put_count(struct out *o, uint64_t n, const char *noun)
{
	out_u64(o, n);
	out_str(o, noun);
	out_str(o, plural(n));
	out_str(o, ", ");
}

static void
print_summary(struct check *c)
{
	struct out	*o = c->out;
	char		 path[PATH_MAX];
	size_t		 i;

	(void)strlcpy(path, c->path, sizeof(path));
	out_str(o, printable(path));
	out_str(o, ": ");
	put_count(o, c->blocks, " block");
	put_count(o, c->rows, " row");
	put_count(o, c->total.packets, " packet");
	put_count(o, c->total.ip, " byte");
	out_u64(o, c->damaged);
	out_str(o, " damaged\n");
	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		out_right(o, c->ledger.v[losses[i].entry], 12);
		out_char(o, ' ');
		out_str(o, losses[i].text);
		out_char(o, '\n');
	}
}

static int
check_file(struct check *c, const struct options *opt)
{
	struct blocks	*b;
	int		 rc;

	if ((b = blocks_of(opt, c->path)) == NULL)
		return (-1);
	blocks_on_damage(b, on_damage, c);
	while ((rc = blocks_next(b)) == 1)
		check_block(c, b);
	if (rc == -1)
		log_error("%s", c->path);
	blocks_close(b);
	return (rc);
}

int
check_run(const struct options *opt, const char *path)
{
	struct check	c = { 0 };
	int		rc;

	c.path = path;
	if ((c.out = out_new(STDOUT_FILENO)) == NULL) {
		log_error("%s", path);
		return (TRAFD_EXIT_ERROR);
	}
	if ((rc = check_file(&c, opt)) == 0)
		print_summary(&c);
	if (out_finish(c.out) != TRAFD_EXIT_OK || c.damaged > 0)
		rc = -1;
	out_free(c.out);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}
