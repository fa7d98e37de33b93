/*
 * Tests only: make a save file from a description, so that the tests of
 * traflog are data.  Reads standard input, writes the named file.  A line is
 *
 *	block IFNAME HOST BEGIN END	seconds since 1970, 12 or 12.5
 *	instance NUMBER EPOCH		of the last block and those after it
 *	ledger ENTRY NUMBER		of the last block
 *	networks NET NET ...		of its interface
 *	SRC SPORT DST DPORT PROTO PACKETS DATA BYTES [VLAN]	a row of it
 *	owner @NAME UID USER UNIT PROGRAM	of all blocks that follow
 *	interface NUMBER IFNAME			likewise: a number is a VLAN
 *
 * separated by spaces; SPORT or DPORT may be `client', SRC or DST `other' or,
 * of an owner, @NAME, which ends up in the other side's family.  UID and USER
 * of an owner may be `-', and PROGRAM has blanks.
 * Empty lines and those that begin with # are ignored.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "file/block.h"

#define ROWS_MAX	100000

static struct block_info	 info;
static struct flow		 rows[ROWS_MAX];
static const struct flow	*order[ROWS_MAX];
static size_t			 nrows;
static struct owners		*owners;
static bool			 open_block;
static unsigned			 line_number;

static _Noreturn void
bad(const char *what)
{
	errx(1, "line %u: bad %s", line_number, what);
}

static int
compare(const void *a, const void *b)
{
	const struct flow	*const *x = a, *const *y = b;

	return (flow_key_cmp(&(*x)->key, &(*y)->key));
}

static void
finish_block(int fd)
{
	size_t	i;

	if (!open_block)
		return;
	for (i = 0; i < nrows; i++)
		order[i] = &rows[i];
	qsort(order, nrows, sizeof(order[0]), compare);
	info.owners = owners;
	if (block_write(fd, lseek(fd, 0, SEEK_END), &info, order, nrows) == -1)
		err(1, "block_write");
	nrows = 0;
	open_block = false;
}

static uint64_t
parse_ns(const char *text)
{
	return ((uint64_t)(strtod(text, NULL) * 1000) * (NS_PER_S / 1000));
}

static uint64_t	instance = 1, epoch;

/* The owners, by the names that the description gives to them. */
#define OWNERS_MAX	20000

static struct {
	char	name[24];
	uint8_t	id[OWNER_LEN];
} owner[OWNERS_MAX];
static size_t	nowners;

static void
need_owners(void)
{
	if (owners == NULL && (owners = owners_new()) == NULL)
		err(1, NULL);
}

static void
add_owner(const char *line)
{
	struct owner	o;
	char		uid[16];
	int		at = 0;

	memset(&o, 0, sizeof(o));
	need_owners();
	if (nowners == OWNERS_MAX || sscanf(line,
	    "owner @%23s %15s %63s %255s %n", owner[nowners].name, uid,
	    o.user, o.unit, &at) != 4 || at == 0)
		bad("owner");
	o.uid = strcmp(uid, "-") == 0 ? OWNER_NO_UID :
	    (uint32_t)strtoul(uid, NULL, 10);
	if (strcmp(o.user, "-") == 0)
		o.user[0] = '\0';
	strlcpy(o.program, line + at, sizeof(o.program));
	o.program[strcspn(o.program, "\n")] = '\0';
	owner_identify(&o);
	if (owners_add(owners, &o) == -1)
		bad("owner");
	memcpy(owner[nowners++].id, o.id, OWNER_LEN);
}

static void
add_interface(const char *line)
{
	char		name[64];
	unsigned	number;

	need_owners();
	if (sscanf(line, "interface %u %63s", &number, name) != 2 ||
	    !owners_set_interface(owners, (uint16_t)number, name))
		bad("interface");
}

static void
set_owner(uint8_t addr[16], const char *name)
{
	size_t	i;

	for (i = 0; i < nowners; i++)
		if (strcmp(owner[i].name, name) == 0) {
			memcpy(addr, owner[i].id, OWNER_LEN);
			return;
		}
	bad("name of an owner");
}

static void
set_instance(const char *line)
{
	unsigned long long	number, first;

	if (sscanf(line, "instance %llu %llu", &number, &first) != 2)
		bad("instance");
	info.instance = instance = number;
	info.epoch = info.epoch_first = epoch = first;
}

static void
begin_block(const char *line)
{
	char		begin[32], end[32];

	memset(&info, 0, sizeof(info));
	if (sscanf(line, "block %63s %255s %31s %31s", info.ifname, info.host,
	    begin, end) != 4)
		bad("block");
	info.kind = BLOCK_SAVE;
	info.instance = instance;
	info.epoch = info.epoch_first = ++epoch;
	info.begin_ns = parse_ns(begin);
	info.end_ns = parse_ns(end);
	info.duration_ns = info.end_ns - info.begin_ns;
	open_block = true;
}

static void
set_ledger(const char *line)
{
	char			name[64];
	unsigned long long	v;
	enum ledger_entry	e;

	if (sscanf(line, "ledger %63s %llu", name, &v) != 2)
		bad("ledger");
	for (e = 0; e < LEDGER_ENTRIES; e++)
		if (strcmp(ledger_name(e), name) == 0) {
			info.ledger.v[e] = v;
			return;
		}
	bad("ledger entry");
}

static void
set_networks(const char *line)
{
	strlcpy(info.networks, line + 9, sizeof(info.networks));
	info.networks[strcspn(info.networks, "\n")] = '\0';
}

static void
set_address(struct flow_key *k, uint8_t addr[16], const char *text,
    uint8_t folded)
{
	if (strcmp(text, "other") == 0) {
		k->flags |= folded;
	} else if (text[0] == '@') {
		set_owner(addr, text + 1);
	} else if (inet_pton(AF_INET, text, addr + 12) == 1) {
		memset(addr + 10, 0xff, 2);
		k->family = FLOW_FAMILY_IP4;
	} else if (inet_pton(AF_INET6, text, addr) == 1)
		k->family = FLOW_FAMILY_IP6;
	else
		bad("address");
}

static uint16_t
get_port(struct flow_key *k, const char *text, uint8_t client)
{
	if (strcmp(text, "client") != 0)
		return ((uint16_t)strtoul(text, NULL, 10));
	k->flags |= client;
	return (0);
}

static void
add_row(const char *line)
{
	char			 src[64], dst[64], sport[16], dport[16];
	unsigned		 proto, vlan = FLOW_VLAN_NONE;
	unsigned long long	 packets, data, ip;
	struct flow		*f = &rows[nrows];

	if (sscanf(line, "%63s %15s %63s %15s %u %llu %llu %llu %u", src,
	    sport, dst, dport, &proto, &packets, &data, &ip, &vlan) < 8 ||
	    vlan > FLOW_VLAN_MIXED || !open_block ||
	    nrows == ROWS_MAX)
		bad("row");
	memset(f, 0, sizeof(*f));
	set_address(&f->key, f->key.src, src, FLOW_NO_SRC);
	set_address(&f->key, f->key.dst, dst, FLOW_NO_DST);
	f->key.sport = get_port(&f->key, sport, FLOW_SPORT_CLIENT);
	f->key.dport = get_port(&f->key, dport, FLOW_DPORT_CLIENT);
	f->key.proto = (uint8_t)proto;
	f->key.vlan = vlan & FLOW_VLAN_MASK;
	f->count.packets = packets;
	f->count.data = data;
	f->count.ip = ip;
	nrows++;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char	*word;
		void		(*fn)(const char *);
	} words[] = {
		{ "block ", begin_block }, { "instance ", set_instance },
		{ "ledger ", set_ledger }, { "networks ", set_networks },
		{ "owner ", add_owner }, { "interface ", add_interface },
		{ "", add_row }
	};
	char	line[1024];
	size_t	i;
	int	fd;

	if (argc != 2)
		errx(1, "usage: mksave file < description");
	if ((fd = open(argv[1], O_RDWR | O_CREAT, 0640)) == -1)
		err(1, "%s", argv[1]);
	for (line_number = 1; fgets(line, sizeof(line), stdin) != NULL;
	    line_number++) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		for (i = 0; strncmp(line, words[i].word,
		    strlen(words[i].word)) != 0; i++)
			continue;
		if (i == 0)
			finish_block(fd);
		words[i].fn(line);
	}
	finish_block(fd);
	if (close(fd) == -1)
		err(1, "%s", argv[1]);
	return (0);
}
