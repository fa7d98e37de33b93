/*
 * Template files: each is accepted, or an error is reported.  An accepted one
 * prints a row.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/fmt.h"
#include "report/template.h"
#include "fuzz.h"

static char	path[] = "/tmp/fuzz_template.XXXXXX";
static int	file = -1;

static void
remove_file(void)
{
	(void)unlink(path);
}

static void
print_row(const struct template *t)
{
	const struct names_opts	 opts = { .numeric = true };
	struct fmt_view		 v = { .numeric = true, .template = t };
	struct block_info	 info = { .begin_ns = UINT64_MAX };
	struct flow		 f = { .count = { 1, UINT64_MAX, 0 } };
	static struct out	*o;
	void			*state;

	if (o == NULL)
		check((o = out_new(open("/dev/null", O_WRONLY))) != NULL);
	check((v.names = names_new(&opts)) != NULL);
	check((state = fmt_template.begin(o, &v)) != NULL);
	fmt_template.block(state, &info);
	fmt_template.row(state, &f);
	fmt_template.end(state);
	names_free(v.names);
	check(out_error(o) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct template	t;
	char			err[64] = "";

	if (file == -1) {
		check((file = mkstemp(path)) != -1);
		(void)atexit(remove_file);
	}
	check(ftruncate(file, 0) == 0);
	check(pwrite(file, in, size, 0) == (ssize_t)size);
	if (template_load(&t, path, "t", err, sizeof(err)) == -1)
		check(err[0] != '\0');
	else
		print_row(&t);
	return (0);
}
