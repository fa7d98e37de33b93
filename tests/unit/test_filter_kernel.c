/*
 * Programs for sockets that receive frames without the header for which
 * libpcap has compiled them.
 */
#include "config.h"

#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/filter_kernel.h"

#define LINK_ETHERNET	1

#define KERNEL(n)	((uint32_t)SKF_AD_OFF + (n))
#define REFUSED		UINT32_C(0xdeadbeef)

/* What becomes of a load; REFUSED: there is no such program. */
static uint32_t
moved(int link, unsigned int code, uint32_t k)
{
	struct cbpf_insn	insns[] = {
		{ .code = BPF_LD | BPF_IMM, .k = 3 },
		{ .code = (uint16_t)code, .k = k },
		{ .code = BPF_RET | BPF_K, .k = 4 },
	};

	if (!filter_without_header(insns, 3, link))
		return (REFUSED);
	assert_int_equal(insns[0].k, 3);
	assert_int_equal(insns[1].code, code);
	assert_int_equal(insns[2].k, 4);
	return (insns[1].k);
}

static const unsigned int	sizes[] = { BPF_B, BPF_H, BPF_W };

/* At each offset of the header, in each size: is it a field, and which? */
static void
check_header(int link, uint32_t length, uint32_t field(uint32_t at,
    unsigned int size))
{
	uint32_t	at;
	size_t		i;

	for (at = 0; at < length; at++)
		for (i = 0; i < 3; i++) {
			assert_int_equal(moved(link, BPF_LD | BPF_ABS |
			    sizes[i], at), field(at, sizes[i]));
			assert_int_equal(moved(link, BPF_LD | BPF_IND |
			    sizes[i], at), REFUSED);
		}
	for (i = 0; i < 3; i++) {
		assert_int_equal(moved(link, BPF_LD | BPF_ABS | sizes[i],
		    length), 0);
		assert_int_equal(moved(link, BPF_LD | BPF_IND | sizes[i],
		    length + 40), 40);
	}
	assert_int_equal(moved(link, BPF_LDX | BPF_MSH | BPF_B, length), 0);
	assert_int_equal(moved(link, BPF_LDX | BPF_MSH | BPF_B, 4), REFUSED);
}

static uint32_t
sll(uint32_t at, unsigned int size)
{
	if (size == BPF_H && at == 0)
		return (KERNEL(SKF_AD_PKTTYPE));
	return (size == BPF_H && at == 14 ? KERNEL(SKF_AD_PROTOCOL) : REFUSED);
}

static uint32_t
sll2(uint32_t at, unsigned int size)
{
	if (size == BPF_H && at == 0)
		return (KERNEL(SKF_AD_PROTOCOL));
	if (size == BPF_W && at == 4)
		return (KERNEL(SKF_AD_IFINDEX));
	if (size == BPF_H && at == 8)
		return (KERNEL(SKF_AD_HATYPE));
	return (size == BPF_B && at == 10 ? KERNEL(SKF_AD_PKTTYPE) : REFUSED);
}

static void
test_whole_fields_of_a_cooked_header_are_asked_for(void **state)
{
	(void)state;
	check_header(LINK_COOKED, 16, sll);
	check_header(LINK_COOKED2, 20, sll2);
}

static void
test_other_loads_and_other_links_stay(void **state)
{
	static const int	links[] = { LINK_COOKED, LINK_COOKED2 };
	size_t			i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(moved(links[i], BPF_LD | BPF_ABS | BPF_W,
		    KERNEL(SKF_AD_VLAN_TAG)), KERNEL(SKF_AD_VLAN_TAG));
		assert_int_equal(moved(links[i], BPF_LD | BPF_MEM, 2), 2);
		assert_int_equal(moved(links[i], BPF_LDX | BPF_IMM, 2), 2);
		assert_int_equal(moved(links[i], BPF_ST, 2), 2);
		assert_int_equal(moved(links[i], BPF_LD | BPF_W | BPF_LEN, 0),
		    REFUSED);
		assert_int_equal(moved(links[i], BPF_LDX | BPF_W | BPF_LEN, 0),
		    REFUSED);
	}
	assert_int_equal(moved(LINK_ETHERNET, BPF_LD | BPF_ABS | BPF_B, 0), 0);
	assert_int_equal(moved(LINK_ETHERNET, BPF_LD | BPF_ABS | BPF_H, 30),
	    30);
	assert_int_equal(moved(LINK_ETHERNET, BPF_LD | BPF_W | BPF_LEN, 0), 0);
}

static void
test_what_a_load_is_of(void **state)
{
	struct cbpf_insn	frame = { .code = BPF_LD | BPF_ABS | BPF_H,
	    .k = 12 }, tag = { .code = BPF_LD | BPF_ABS | BPF_H,
	    .k = KERNEL(SKF_AD_VLAN_TAG) }, number = { .code = BPF_LD |
	    BPF_IMM, .k = KERNEL(0) };
	uint32_t		which;

	(void)state;
	assert_true(filter_loads_from_frame(&frame));
	assert_false(filter_loads_ancillary(&frame, &which));
	assert_false(filter_loads_from_frame(&tag));
	assert_true(filter_loads_ancillary(&tag, &which));
	assert_int_equal(which, SKF_AD_VLAN_TAG);
	assert_false(filter_loads_from_frame(&number));
	assert_false(filter_loads_ancillary(&number, &which));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		cmocka_unit_test(
		    test_whole_fields_of_a_cooked_header_are_asked_for),
		cmocka_unit_test(test_other_loads_and_other_links_stay),
		cmocka_unit_test(test_what_a_load_is_of),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
