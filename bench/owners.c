/*
 * What the programs of `trafd -i owners' cost a packet, by bpf_stats, while a
 * command runs:
 *
 *	owners PID CGROUP COMMAND...
 *
 * Prints a line for each of the programs of the daemon PID that ran: its name,
 * packets, ns a packet, and the same less what bpf_stats says of a program that
 * does nothing, which sees the same packets at the same place, CGROUP: that is
 * the cost of the clock.
 */
#include <sys/wait.h>
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#define MOST	8

static uint32_t	ids[MOST];
static int	n;

/* The links of the daemon name its programs. */
static void
find_programs(const char *pid)
{
	struct dirent	*e;
	char		 name[512], line[128];
	uint32_t	 id;
	DIR		*d;
	FILE		*f;

	(void)snprintf(name, sizeof(name), "/proc/%s/fdinfo", pid);
	if ((d = opendir(name)) == NULL)
		err(1, "%s", name);
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(name, sizeof(name), "/proc/%s/fdinfo/%s", pid,
		    e->d_name);
		if ((f = fopen(name, "r")) == NULL)
			continue;
		while (n < MOST && fgets(line, sizeof(line), f) != NULL)
			if (sscanf(line, "prog_id: %u", &id) == 1)
				ids[n++] = id;
		(void)fclose(f);
	}
	(void)closedir(d);
}

static void
ask(uint32_t id, struct bpf_prog_info *info)
{
	uint32_t	len = sizeof(*info);
	int		fd = bpf_prog_get_fd_by_id(id);

	memset(info, 0, sizeof(*info));
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, info, &len) != 0)
		err(1, "program %u", id);
	(void)close(fd);
}

/* A program that lets each packet pass, and nothing else.  Returns its id. */
static uint32_t
attach_empty(const char *cgroup, enum bpf_attach_type type)
{
	const struct bpf_insn	 empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info	 info = { 0 };
	uint32_t		 len = sizeof(info);
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = type);
	int	fd = open(cgroup, O_RDONLY | O_DIRECTORY);
	int	program = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "empty",
		    "BSD", empty, 2, &o);

	if (fd == -1 || program < 0 ||
	    bpf_link_create(program, fd, type, NULL) < 0 ||
	    bpf_obj_get_info_by_fd(program, &info, &len) != 0)
		err(1, "%s", cgroup);
	return (info.id);
}

int
main(int argc, char **argv)
{
	struct bpf_prog_info	before[MOST], after;
	uint64_t		ns, runs;
	double			each, clock[2] = { 0, 0 };
	int			stats, status, i;
	pid_t			child;

	if (argc < 4)
		errx(2, "usage: owners PID CGROUP COMMAND...");
	ids[n++] = attach_empty(argv[2], BPF_CGROUP_INET_INGRESS);
	ids[n++] = attach_empty(argv[2], BPF_CGROUP_INET_EGRESS);
	find_programs(argv[1]);
	for (i = 0; i < n; i++)
		ask(ids[i], &before[i]);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if ((child = fork()) == 0) {
		(void)execvp(argv[3], argv + 3);
		err(127, "%s", argv[3]);
	}
	(void)waitpid(child, &status, 0);
	(void)close(stats);
	for (i = 0; i < n; i++) {
		ask(ids[i], &after);
		ns = after.run_time_ns - before[i].run_time_ns;
		runs = after.run_cnt - before[i].run_cnt;
		if (runs == 0)
			continue;
		each = (double)ns / (double)runs;
		if (i < 2) {
			clock[i] = each;
			continue;
		}
		(void)printf("%-16s %9llu %6.1f %6.1f\n", after.name,
		    (unsigned long long)runs, each, each -
		    clock[strstr(after.name, "out") != NULL]);
	}
	return (status == 0 ? 0 : 1);
}
