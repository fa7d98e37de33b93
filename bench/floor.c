/*
 * The lower bound of the cost of accounting: read each frame, build a key of
 * addresses, ports and protocol, look it up in a hash table, nothing else.  No
 * checks, no ledger, no save file.  trafd is compared with it.
 *
 *	floor file			a capture file, by read(2)
 *	floor -i iface [-B bytes] [-s snaplen]	live, until SIGTERM, by libpcap
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH	32
#define BUFFER	(256 << 10)

struct key {
	uint64_t	word[5];	/* the last is never 0 */
};

struct slot {
	struct key	key;
	uint64_t	hash, packets, bytes;
};

struct wanted {
	struct key	key;
	uint64_t	hash;
	uint32_t	bytes;
};

static struct slot	*table;
static uint64_t		 mask = 4095, used, packets, bytes;
static struct wanted	 batch[BATCH];
static unsigned		 nbatch;
static pcap_t		*live;

static uint64_t
load(const uint8_t *p, unsigned n)
{
	uint64_t	v = 0;

	memcpy(&v, p, n);
	return (v);
}

static unsigned
big(const uint8_t *p)
{
	return ((unsigned)p[0] << 8 | p[1]);
}

static uint64_t
fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128	product = a;

	product *= b;
	return ((uint64_t)product ^ (uint64_t)(product >> 64));
}

static uint64_t
hash_of(const struct key *k)
{
	return (fold(fold(k->word[0] ^ UINT64_C(0x243f6a8885a308d3),
	    k->word[1] ^ UINT64_C(0x13198a2e03707344)) ^
	    fold(k->word[2] ^ UINT64_C(0xa4093822299f31d0),
	    k->word[3] ^ UINT64_C(0x082efa98ec4e6c89)),
	    k->word[4] ^ UINT64_C(0x452821e638d01377)));
}

static struct slot *
slots(uint64_t n)
{
	struct slot	*s = aligned_alloc(64, n * sizeof(*s));

	if (s == NULL)
		err(1, NULL);
	memset(s, 0, n * sizeof(*s));
	return (s);
}

static void
grow(void)
{
	struct slot	*old = table;
	uint64_t	 i, at, last = mask;

	mask = mask * 2 + 1;
	table = slots(mask + 1);
	for (i = 0; i <= last; i++) {
		if (old[i].key.word[4] == 0)
			continue;
		for (at = old[i].hash & mask; table[at].key.word[4] != 0;)
			at = (at + 1) & mask;
		table[at] = old[i];
	}
	free(old);
}

static bool
same(const struct key *a, const struct key *b)
{
	return (((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) |
	    (a->word[2] ^ b->word[2]) | (a->word[3] ^ b->word[3]) |
	    (a->word[4] ^ b->word[4])) == 0);
}

static void
add(const struct wanted *w)
{
	struct slot	*s;
	uint64_t	 at;

	for (at = w->hash & mask;; at = (at + 1) & mask) {
		s = &table[at];
		if (same(&s->key, &w->key))
			break;
		if (s->key.word[4] == 0) {
			s->key = w->key;
			s->hash = w->hash;
			used++;
			break;
		}
	}
	s->packets++;
	s->bytes += w->bytes;
	if (used * 5 > mask * 3)
		grow();
}

static void
flush(void)
{
	unsigned	i;

	for (i = 0; i < nbatch; i++)
		add(&batch[i]);
	nbatch = 0;
}

static bool
parse4(const uint8_t *ip, size_t left, struct wanted *w)
{
	unsigned	header = (ip[0] & 15U) * 4, proto = ip[9];
	uint64_t	ports = 0;

	if ((proto == 6 || proto == 17) && (big(ip + 6) & 0x1fff) == 0 &&
	    left >= header + 4)
		ports = load(ip + header, 4);
	w->bytes = big(ip + 2);
	w->key = (struct key){ { load(ip + 12, 4), 0, load(ip + 16, 4), 0,
	    ports | (uint64_t)proto << 32 | UINT64_C(4) << 40 } };
	return (true);
}

static bool
parse6(const uint8_t *ip, size_t left, struct wanted *w)
{
	unsigned	proto = ip[6], at = 40;
	uint64_t	ports = 0;
	bool		later = false;

	if (left < 48)
		return (false);
	if (proto == 44) {
		proto = ip[40];
		later = (big(ip + 42) & 0xfff8) != 0;
		at = 48;
	}
	if ((proto == 6 || proto == 17) && !later && left >= at + 4)
		ports = load(ip + at, 4);
	w->bytes = 40 + big(ip + 4);
	w->key = (struct key){ { load(ip + 8, 8), load(ip + 16, 8),
	    load(ip + 24, 8), load(ip + 32, 8),
	    ports | (uint64_t)proto << 32 | UINT64_C(6) << 40 } };
	return (true);
}

static inline void
count(const uint8_t *p, size_t left)
{
	struct wanted	*w = &batch[nbatch];
	unsigned	 type;

	if (left < 38)
		return;
	type = big(p + 12);
	if (type == 0x8100) {
		type = big(p + 16);
		p += 4;
		left -= 4;
	}
	if (!(type == 0x0800 ? parse4(p + 14, left - 14, w) :
	    type == 0x86dd && parse6(p + 14, left - 14, w)))
		return;
	packets++;
	bytes += w->bytes;
	w->hash = hash_of(&w->key);
	__builtin_prefetch(&table[w->hash & mask], 1);
	if (++nbatch == BATCH)
		flush();
}

/*
 * Count the whole frames in a part of a capture file, of this machine's byte
 * order only.  Returns the number of octets used.
 */
static size_t
walk(const uint8_t *p, size_t n)
{
	const uint8_t	*begin = p;
	size_t		 kept;

	while (n >= 16 && n - 16 >= (kept = load(p + 8, 4))) {
		count(p + 16, kept);
		p += 16 + kept;
		n -= 16 + kept;
	}
	return ((size_t)(p - begin));
}

static void
from_file(const char *path)
{
	static uint8_t	buffer[BUFFER];
	size_t		have = 0, done;
	ssize_t		n;
	int		fd = open(path, O_RDONLY);

	if (fd == -1 || read(fd, buffer, 24) != 24)
		err(1, "%s", path);
	while ((n = read(fd, buffer + have, BUFFER - have)) > 0) {
		have += (size_t)n;
		done = walk(buffer, have);
		have -= done;
		memmove(buffer, buffer + done, have);
	}
}

static void
on_signal(int sig)
{
	(void)sig;
	pcap_breakloop(live);
}

static void
on_frame(u_char *arg, const struct pcap_pkthdr *h, const u_char *p)
{
	(void)arg;
	count(p, h->caplen);
}

static void
from_interface(const char *name, int size, int snaplen)
{
	char			text[PCAP_ERRBUF_SIZE];
	struct pcap_stat	st;
	struct sigaction	sa = { .sa_handler = on_signal };

	if ((live = pcap_create(name, text)) == NULL)
		errx(1, "%s: %s", name, text);
	(void)sigaction(SIGTERM, &sa, NULL);
	if (pcap_set_snaplen(live, snaplen) != 0 ||
	    pcap_set_promisc(live, 1) != 0 ||
	    pcap_set_timeout(live, 100) != 0 ||
	    pcap_set_buffer_size(live, size) != 0 || pcap_activate(live) < 0)
		errx(1, "%s: %s", name, pcap_geterr(live));
	(void)!pcap_loop(live, -1, on_frame, NULL);
	if (pcap_stats(live, &st) == 0)
		printf("dropped %u\n", st.ps_drop);
}

int
main(int argc, char **argv)
{
	const char	*iface = NULL;
	int		 c, size = 16 << 20, snaplen = 256;

	while ((c = getopt(argc, argv, "B:i:s:")) != -1)
		switch (c) {
		case 'B': size = atoi(optarg); break;
		case 'i': iface = optarg; break;
		case 's': snaplen = atoi(optarg); break;
		default: optind = argc + 1;
		}
	if (optind + (iface == NULL) != argc)
		errx(127, "usage: floor file | -i iface [-B bytes] "
		    "[-s snaplen]");
	table = slots(mask + 1);
	if (iface != NULL)
		from_interface(iface, size, snaplen);
	else
		from_file(argv[optind]);
	flush();
	printf("packets %" PRIu64 "\nbytes %" PRIu64 "\nflows %" PRIu64 "\n",
	    packets, bytes, used);
	return (0);
}
