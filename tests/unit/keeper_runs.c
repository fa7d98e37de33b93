/*
 * Sequences of adds, dumps, saves and restarts on the failing disk: see
 * keeper_runs.h.
 *
 * The daemon's part (freeze, write, merge what was not saved) is done here as
 * in daemon_jobs.c and capturer_thread.c.  Two sums are kept for each flow:
 * what was added, and what a successful dump or save contains.  After a kill
 * or a power cut the account must be between the two; in all other cases, and
 * always after the next save, it must equal what was added.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <err.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/blocks.h"
#include "file/savefile.h"
#include "trafd/keeper.h"
#include "disk.h"
#include "keeper_runs.h"

#define FLOWS		64
#define EXT		"t"
#define SAVE		"trafd." EXT
#define BEGIN_TRIES	200
#define REPORTS_MOST	20

/*
 * a: traffic comes in; d: dump; s: save; e: the daemon ends;
 * r, R: it begins again with and without -r; k: it is killed;
 * m: the save file is moved away as soon as its save is acknowledged.
 * Before all that -- T: the save file ends in a torn block; A: it is of
 * another kind; D: the dump is damaged.
 */
static const char *const programs[] = {
	"radads",
	"rasadase",
	"radeRasd",
	"raderdsde",
	"rassaddasd",
	"Radas",
	"Tradase",
	"Arasad",
	"Drads",
};

#define PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

/*
 * Each layout with its programs.  BPFT's two differ in their records only, so
 * one is enough; it has calls of its own where blocks are appended and where
 * an account begins, and all else in common.  TRAF_KEEPER_ALL runs all.
 */
static const char *const legacy_programs[] = {
	"radas", "Trads", "radeRasd"
};

static const struct {
	enum layout		 layout;
	const char *const	*programs;
	size_t			 n;
} layouts[] = {
	{ LAYOUT_TRAFD, programs, PROGRAMS },
	{ LAYOUT_OLD, legacy_programs, 3 },
};

struct world {
	char			 dir[256];
	char			 tmp[300];
	struct keeper		*keeper;
	struct generation	*live;
	uint64_t		 epoch;
	unsigned		 flows;
	uint64_t		 added[FLOWS], acked[FLOWS];
	bool			 lost;		/* the end could not be kept */
	bool			 saved;		/* the last save succeeded */
	bool			 bad;
	enum layout		 layout;
	const char *const	*programs;	/* of this layout */
	size_t			 nth;		/* of them is run now */
	const struct run	*run;
};

static struct world	w;
static unsigned		reports, runs, recovering;

/* ---- what the daemon does ---- */

static void
add_flow(unsigned id)
{
	struct flow	f;

	memset(&f, 0, sizeof(f));
	f.key.src[10] = f.key.src[11] = f.key.dst[10] = f.key.dst[11] = 0xff;
	f.key.src[12] = 10;
	f.key.src[15] = (uint8_t)id;
	f.key.dst[12] = 11;
	f.key.proto = 17;
	f.key.family = FLOW_FAMILY_IP4;
	f.count.packets = 1;
	f.count.data = 10;
	f.count.ip = 38;
	table_add(w.live->table, &f, 1);
	w.added[id]++;
}

/* A flow of this instant, and one that every generation has. */
static void
traffic(void)
{
	if (w.flows < FLOWS - 1)
		w.flows++;
	add_flow(0);
	add_flow(w.flows);
}

/* As capturer_thread.c merges: the larger table stays. */
static void
merge(struct generation *frozen)
{
	struct table	*live = w.live->table;
	size_t		 next = 0;

	generation_join(frozen, w.live);
	if (table_rows(frozen->table) < table_rows(live)) {
		w.live->table = frozen->table;
		frozen->table = live;
	}
	table_merge(frozen->table, w.live->table, &next, (size_t)-1);
	generation_free(w.live);
	w.live = frozen;
}

static struct generation *
freeze(uint64_t epoch)
{
	struct generation	*g = w.live;

	w.epoch = epoch;
	if ((w.live = generation_new(epoch, 1024, NULL,
	    FLOW_PORTS_ALL)) == NULL)
		err(1, "memory");
	generation_end(g);
	generation_begin(w.live);
	return (g);
}

static void
write_out(bool save)
{
	struct generation	*g = freeze(w.epoch + save);
	uint64_t		 frozen[FLOWS];
	int			 rc;

	memcpy(frozen, w.added, sizeof(frozen));
	traffic();		/* does not wait for the disk */
	rc = save ? keeper_save(w.keeper, g) : keeper_dump(w.keeper, g);
	if (save)
		w.saved = rc == 0;
	if (rc == 0)
		memcpy(w.acked, frozen, sizeof(frozen));
	if (rc == 0 && save)
		generation_free(g);
	else
		merge(g);
}

static void
end(void)
{
	generation_end(w.live);
	if (keeper_dump(w.keeper, w.live) == 0 ||
	    keeper_save(w.keeper, w.live) == 0)
		memcpy(w.acked, w.added, sizeof(w.acked));
	else
		w.lost = true;
	generation_free(w.live);
	w.live = NULL;
	keeper_close(w.keeper);
	w.keeper = NULL;
}

/* Starting may fail; then somebody starts it again. */
static bool
begin(bool resume)
{
	const struct keeper_opts	o = {
		.state_dir = w.dir, .ext = EXT, .ifname = "if0",
		.filter = "", .networks = "", .max_flows = 1024,
		.layout = w.layout,
	};
	int				tries;

	for (tries = 0; tries < BEGIN_TRIES; tries++) {
		w.keeper = keeper_open(&o);
		if (w.keeper != NULL &&
		    (w.live = keeper_begin(w.keeper, resume)) != NULL) {
			w.epoch = w.live->epoch;
			generation_begin(w.live);
			return (true);
		}
		keeper_close(w.keeper);
	}
	w.keeper = NULL;
	return (false);
}

/* ---- what the account says ---- */

static void
complain(const char *what, unsigned flow, uint64_t got)
{
	const struct run	*r = w.run;

	w.bad = true;
	if (reports++ >= REPORTS_MOST)
		return;
	(void)printf("# layout %d, %s: %s", (int)w.layout, r->program, what);
	if (flow < FLOWS)
		(void)printf(" (flow %u: %ju, added %ju, "
		    "acknowledged %ju)", flow, (uintmax_t)got,
		    (uintmax_t)w.added[flow], (uintmax_t)w.acked[flow]);
	(void)printf("; calls %u-%u fail (%s), crash at %u.%u loses "
	    "%u; then %u-%u fail, crash at %u.%u loses %u, %s\n",
	    r->first.fail_from, r->first.fail_to, strerror(r->first.error),
	    r->first.crash_at, (unsigned)r->first.instant,
	    (unsigned)r->first.loss,
	    r->second.fail_from, r->second.fail_to, r->second.crash_at,
	    (unsigned)r->second.instant, (unsigned)r->second.loss,
	    r->resume ? "resumed" : "not resumed");
}

static void
count_rows(uint64_t sum[FLOWS], const struct flow *rows, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		sum[rows[i].key.src[15] % FLOWS] += rows[i].count.ip / 38;
}

static void
count_file(uint64_t sum[FLOWS])
{
	const struct flow	*rows;
	struct blocks		*b;
	const char		*why;
	enum block_error	 e;
	char			 path[512];
	size_t			 n;

	(void)snprintf(path, sizeof(path), "%s/%s", w.dir, SAVE);
	if ((b = blocks_open(path, w.layout, &why)) == NULL)
		return;
	while (blocks_next(b) == 1)
		for (e = blocks_verify(b); e == BLOCK_OK; ) {
			e = blocks_rows(b, &rows, &n);
			if (n == 0)
				break;
			count_rows(sum, rows, n);
		}
	blocks_close(b);
}

/* Save file and live table together; what is there is the new truth. */
static void
check(bool exact)
{
	uint64_t	sum[FLOWS] = { 0 };
	size_t		i;

	disk_watch(true);
	count_file(sum);
	disk_watch(false);
	for (i = 0; w.live != NULL && i < table_rows(w.live->table); i++)
		count_rows(sum, table_row(w.live->table, i), 1);
	for (i = 0; i < FLOWS; i++) {
		if (sum[i] > w.added[i])
			complain("counted twice", (unsigned)i, sum[i]);
		else if (sum[i] < (exact ? w.added : w.acked)[i])
			complain("lost", (unsigned)i, sum[i]);
		w.added[i] = sum[i];
	}
}

/* What scripts do: from here on those who have the file count it. */
static void
move_away(void)
{
	uint64_t	sum[FLOWS] = { 0 };
	char		path[512];
	size_t		i;

	if (!w.saved)
		return;
	disk_watch(true);
	count_file(sum);
	(void)snprintf(path, sizeof(path), "%s/%s", w.dir, SAVE);
	(void)unlink(path);
	disk_watch(false);
	for (i = 0; i < FLOWS; i++) {
		w.added[i] -= sum[i];
		w.acked[i] -= sum[i];
	}
}

static void
restart(bool resume)
{
	if (!begin(resume)) {
		complain("cannot be started", FLOWS, 0);
		return;
	}
	check(!w.lost);
	w.lost = false;
}

/* ---- running programs ---- */

static void
put_file(const char *name, const char *text)
{
	char	path[512];
	FILE	*f;

	(void)snprintf(path, sizeof(path), "%s/%s", w.dir, name);
	if ((f = fopen(path, "w")) == NULL || fputs(text, f) == EOF ||
	    fclose(f) != 0)
		err(1, "%s", path);
}

/* A whole block of another account and half a one behind it. */
static void
put_torn(void)
{
	struct savefile_attempt	 none = { 0 };
	struct savefile_result	 r;
	struct block_info	*info;
	int			 fd;
	int64_t			 len;

	if ((info = calloc(1, sizeof(*info))) == NULL)
		err(1, "memory");
	info->kind = BLOCK_SAVE;
	info->instance = 99;
	info->epoch = info->epoch_first = 7;
	(void)strlcpy(info->ifname, "if0", sizeof(info->ifname));
	fd = open(w.dir, O_RDONLY | O_DIRECTORY);
	if (savefile_append(fd, SAVE, &none, info, NULL, 0, &r) == -1)
		err(1, "append");
	len = r.length;
	info->epoch = info->epoch_first = 8;
	if (savefile_append(fd, SAVE, &none, info, NULL, 0, &r) == -1)
		err(1, "append");
	(void)close(fd);
	free(info);
	(void)snprintf(w.tmp, sizeof(w.tmp), "%s/%s", w.dir, SAVE);
	if (truncate(w.tmp, (off_t)(len + len / 2)) == -1)
		err(1, "truncate");
}

static void
prepare(char c)
{
	if (c == 'T')
		put_torn();
	else if (c == 'A')
		put_file(SAVE, "no block at all");
	else if (c == 'D')
		put_file("tmp/" SAVE, "no block at all");
}

static void
step(char c)
{
	switch (c) {
	case 'a':
		traffic();
		break;
	case 'd':
	case 's':
		write_out(c == 's');
		break;
	case 'e':
		end();
		break;
	case 'r':
	case 'R':
		restart(c == 'r');
		break;
	case 'm':
		move_away();
		break;
	case 'k':
		longjmp(disk_crashed, 1);
	default:
		break;
	}
}

static void
run_program(const char *program)
{
	for (; *program != '\0' && !w.bad; program++)
		step(*program);
}

/* The crash, a restart that may crash too, and one that may not. */
static void
recover(const struct run *r)
{
	disk_recover();
	w.lost = true;
	w.live = NULL;
	if (setjmp(disk_crashed) == 0) {
		disk_arm(&r->second);
		(void)begin(r->resume);
	}
	recovering = disk_calls();
	disk_recover();
	w.live = NULL;
	restart(r->resume);
}

unsigned
keeper_run(const struct run *r)
{
	volatile unsigned	made = 0;

	memset(w.added, 0, sizeof(w.added));
	memset(w.acked, 0, sizeof(w.acked));
	w.flows = 0;
	w.lost = w.bad = w.saved = false;
	w.live = NULL;
	w.run = r;
	runs++;
	prepare(r->program[0]);
	(void)snprintf(w.tmp, sizeof(w.tmp), "%s/tmp", w.dir);
	disk_begin(w.dir, w.tmp);
	if (setjmp(disk_crashed) == 0) {
		disk_arm(&r->first);
		run_program(r->program);
		made = disk_disarm();
		if (w.live == NULL)
			restart(true);
	} else
		recover(r);
	if (!w.bad)
		run_program("as");
	if (!w.bad) {
		check(true);
		end();
		restart(true);
	}
	disk_end();
	return (made);
}

unsigned
keeper_calls(const char *program)
{
	const struct run	r = { .program = program };

	return (keeper_run(&r));
}

unsigned
keeper_known(const char *program)
{
	char	 begin[64];
	size_t	 i, n, longest = 0;

	for (i = 0; i < w.nth; i++) {
		for (n = 0; program[n] != '\0' &&
		    program[n] == w.programs[i][n]; n++)
			;
		if (n > longest)
			longest = n;
	}
	(void)strlcpy(begin, program, sizeof(begin));
	begin[longest] = '\0';
	return (longest == 0 ? 0 : keeper_calls(begin));
}

bool
keeper_long(void)
{
	return (getenv("TRAF_KEEPER_ALL") != NULL);
}

unsigned
keeper_recovering(void)
{
	return (recovering);
}

/* Thousands of short lives: the memory of each is there for the next. */
static void
keep_memory(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

/*
 * With sanitizers a run takes three times as long, and the other build looks at
 * what is on the disk after each: here every third program is enough to find
 * wrong memory.
 */
#ifdef __SANITIZE_ADDRESS__
#define EVERY	3
#else
#define EVERY	1
#endif

static void
all_programs(void (*test)(const char *))
{
	const char	*tmp = getenv("TMPDIR");
	bool		 all = keeper_long();
	size_t		 i, l, step = all ? 1 : EVERY;

	keep_memory();
	/* In memory where possible: the disk is a model anyway. */
	if (tmp == NULL)
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(w.dir, sizeof(w.dir), "%s/test_keeper.XXXXXX", tmp);
	if (mkdtemp(w.dir) == NULL)
		err(1, "%s", w.dir);
	(void)snprintf(w.tmp, sizeof(w.tmp), "%s/tmp", w.dir);
	if (mkdir(w.tmp, 0750) == -1)
		err(1, "%s", w.tmp);
	for (l = 0; l < sizeof(layouts) / sizeof(layouts[0]); l++) {
		w.layout = layouts[l].layout;
		w.programs = all ? programs : layouts[l].programs;
		for (i = l % step; i < (all ? PROGRAMS : layouts[l].n);
		    i += step) {
			w.nth = i;
			test(w.programs[i]);
		}
	}
	(void)rmdir(w.tmp);
	(void)rmdir(w.dir);
	(void)printf("# %u runs, %u complaints\n", runs, reports);
}

int
keeper_all(void (*test)(const char *))
{
	pid_t	pid;
	int	status;

	if ((pid = fork()) == 0) {
		/* What the keeper says of faults is another test's. */
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		all_programs(test);
		(void)fflush(stdout);
		_exit(reports == 0 ? 0 : 1);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		err(1, "process");
	return (status == 0 ? 0 : -1);
}
