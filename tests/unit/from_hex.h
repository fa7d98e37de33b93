/*
 * Frames of tables of tests: hexadecimal digits, two an octet, with blanks
 * between octets.
 */
#ifndef FROM_HEX_H
#define FROM_HEX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FRAME_MAX	512

static inline uint32_t
from_hex(const char *hex, uint8_t out[FRAME_MAX])
{
	uint32_t	n = 0;
	char		pair[3] = "";

	while (*(hex += strspn(hex, " ")) != '\0') {
		assert_true(n < FRAME_MAX && hex[1] != '\0');
		memcpy(pair, hex, 2);
		out[n++] = (uint8_t)strtoul(pair, NULL, 16);
		hex += 2;
	}
	return (n);
}

#endif
