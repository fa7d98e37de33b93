/*
 * Frames that stand for several packets, in the eBPF program in the kernel
 * (BPF_PROG_TEST_RUN): random headers, tunnels and sizes.  The model cuts the
 * frame into the packets that a wire would carry, and decodes each of them as
 * a capture of the wire would be.  Needs the right to load programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "meter/ebpf_kernel.c"
#include "wire_model.h"

#define HEADER		14	/* the kernel takes one away before a run */
#define RUNS		20000
#define BY_FRAGMENTS	0xffff	/* instead of a size */

static struct ebpf_kernel	*kernel;

void	__wrap_bpf_grace_wait(void);

/* Nothing else runs the program. */
void
__wrap_bpf_grace_wait(void)
{
}

static uint64_t
sink(void *arg, const struct flow *f, size_t n)
{
	(void)arg;
	for (; n > 0; n--, f++)
		wire_add(&wire_got, f);
	return (0);
}

static void
run(const struct out *o, uint32_t segments, uint32_t size)
{
	uint8_t			frame[HEADER + sizeof(o->at)];
	struct __sk_buff	ctx = { .gso_segs = segments,
				    .gso_size = size };
	struct ledger		l = { .v = { 0 } };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame,
	    .data_size_in = (uint32_t)(HEADER + o->n), .ctx_in = &ctx,
	    .ctx_size_in = sizeof(ctx));

	memset(frame, 0, HEADER);
	memcpy(frame + HEADER, o->at, o->n);
	memset(&wire_got, 0, sizeof(wire_got));
	assert_int_equal(bpf_prog_test_run_opts(
	    ebpf_kernel_program(kernel, PARSE_ETHERNET), &opts), 0);
	ebpf_kernel_harvest(kernel, sink, NULL, &l, &wire_got.tally);
	wire_got.wire_bytes = l.v[LEDGER_WIRE_BYTES];
	wire_got.segments = l.v[LEDGER_SEGMENTS];
	assert_int_equal(l.v[LEDGER_FRAMES], 1);
}

static void
random_frames(void **state)
{
	struct shape	s;
	struct out	o;
	unsigned	i, segments;
	size_t		size;

	(void)state;
	for (i = 0; i < RUNS; i++) {
		s = wire_choose();
		segments = wire_frame(&o, &s, &size);
		/* A virtual machine gives the size only. */
		run(&o, wire_below(3) == 0 ? 0 : segments, (uint32_t)size);
		wire_same();
	}
}

/* SCTP's segments have sizes of their own; their number is what counts. */
static void
sizes_of_their_own(void **state)
{
	struct shape	s = { .proto = 132, .port = 9 };
	struct out	o;

	(void)state;
	(void)wire_cut(&s, 900, 300, 0);
	wire_make(&o, &s, 900, 900, 0);
	run(&o, 3, BY_FRAGMENTS);
	wire_same();
	run(&o, 0, BY_FRAGMENTS);
	assert_int_equal(wire_got.flow.count.packets, 1);
}

/* Datagrams of a program to the port of a tunnel. */
static void
no_tunnel(void **state)
{
	struct shape	s = { .proto = 17, .port = 4789 };
	struct out	o;

	(void)state;
	assert_int_equal(wire_cut(&s, 1000, 100, 0), 10);
	wire_make(&o, &s, 1000, 1000, 0);
	run(&o, 10, 100);
	wire_same();
}

/* What cannot be walked is counted as one packet, or as it says itself. */
static void
cut_headers(void **state)
{
	struct shape	s = wire_choose();
	struct out	o;
	unsigned	i;
	size_t		k;

	(void)state;
	for (i = 0; i < RUNS / 10; i++) {
		s = wire_choose();
		wire_make(&o, &s, 300, 300, 0);
		for (k = 14 + wire_below(10); k < o.n; k += 1 + wire_below(60))
			o.at[k] = (uint8_t)wire_below(256);
		run(&o, wire_below(3), wire_below(400));
		assert_in_range(wire_got.flow.count.packets, 0, o.n);
		assert_in_range(wire_got.flow.count.ip, 0, 65575 + o.n * o.n);
	}
}

static int
load_kernel(char *why)
{
	struct meter_opts	o = { .frames = { .buffer_mib = 1 } };
	struct ebpf_filter	filters[EBPF_LINKS] = { { NULL, 0 } };
	bool			wanted[EBPF_LINKS] = { true };

	kernel = ebpf_kernel_load(&o, filters, wanted, PARSE_ETHERNET, why);
	return (kernel == NULL ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(random_frames),
		cmocka_unit_test(sizes_of_their_own),
		cmocka_unit_test(no_tunnel),
		cmocka_unit_test(cut_headers),
	};
	char			why[BPF_WHYLEN];
	int			failed;

	if (load_kernel(why) == -1) {
		if (strstr(why, "not let this process load programs") ==
		    NULL) {
			printf("%s\n", why);
			return (1);
		}
		printf("1..0 # SKIP the kernel lets nobody load programs "
		    "here\n");
		return (0);
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ebpf_kernel_free(kernel);
	return (failed);
}
