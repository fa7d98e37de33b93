/*
 * Makes the index of a trace: reads it as a report would, and tells the writer
 * of the index what a recorder would tell.  Beside the trace it gets its name
 * when it is whole.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "capture/capfile_describe.h"
#include "capture/unzstd.h"
#include "file/block.h"
#include "packet/datarec.h"
#include "index_find.h"
#include "index_make.h"
#include "index_write.h"

#define BATCH	256

struct making {
	struct capfile		*file;
	struct index_writer	*writer;
	int			 trace_fd;
	char			*name, *temporary;
	struct index_made	*made;
	char			*err;
};

static int
fail(struct making *m, const char *what, int error)
{
	(void)snprintf(m->err, INDEX_ERRLEN, "%s%s%s", what,
	    error == 0 ? "" : ": ", error == 0 ? "" : strerror(error));
	return (-1);
}

/* Replace nothing that is not an index. */
static int
check_old(struct making *m)
{
	int		 fd = open_regular(AT_FDCWD, m->name, O_RDONLY);
	struct block	*b = NULL;
	enum block_error e;

	if (fd == -1)
		return (errno == ENOENT ? 0 : fail(m, m->name, errno));
	e = block_open(fd, 0, &b);
	(void)close(fd);
	if (e == BLOCK_ALIEN || (e == BLOCK_OK &&
	    block_info(b)->trace[0] == '\0')) {
		block_free(b);
		(void)snprintf(m->err, INDEX_ERRLEN, "%.200s is not an index "
		    "(move it away)", m->name);
		return (-1);
	}
	block_free(b);
	return (0);
}

/*
 * Offsets of an index are those of the trace as it was recorded, and that its
 * parts begin as they did is looked up there.
 */
static int
check_plain(struct making *m)
{
	uint8_t	magic[4];

	if (read_at(m->trace_fd, magic, sizeof(magic), 0) == 0 &&
	    unzstd_is(magic))
		return (fail(m, "it is compressed (decompress it, make the "
		    "index, and compress it again)", 0));
	return (0);
}

static int
begin(struct making *m, const char *path)
{
	int	fd;

	m->name = index_name(path);
	if (m->name == NULL || asprintf(&m->temporary, "%s.new", m->name) ==
	    -1) {
		m->temporary = NULL;
		return (fail(m, "out of memory", 0));
	}
	if (check_old(m) == -1)
		return (-1);
	if ((m->file = capfile_open(path)) == NULL || (m->trace_fd =
	    open_regular(AT_FDCWD, path, O_RDONLY)) == -1)
		return (fail(m, "cannot open", errno));
	if (check_plain(m) == -1)
		return (-1);
	(void)unlink(m->temporary);
	fd = open_regular(AT_FDCWD, m->temporary, O_RDWR | O_CREAT | O_EXCL);
	if (fd == -1)
		return (fail(m, m->temporary, errno));
	if ((m->writer = index_writer_new(fd, m->trace_fd, "any")) == NULL)
		return (fail(m, "out of memory", 0));
	return (0);
}

static int
add(struct making *m, struct frame *f, size_t n)
{
	uint64_t	 from, to, unused;
	const off_t	*heads;
	size_t		 i, nheads;

	for (i = 0; i < n; i++)
		f[i].time_ns = capfile_time(m->file, &f[i]);
	from = capfile_offset(m->file, &f[0], &unused);
	(void)capfile_offset(m->file, &f[n - 1], &to);
	heads = capfile_heads(m->file, &nheads);
	if (index_writer_add(m->writer, capfile_link(m->file), f, n,
	    (off_t)from, (off_t)to, heads, nheads) == -1)
		return (fail(m, m->temporary, errno));
	if (capfile_link(m->file) == DATAREC_LINK)
		m->made->data += n;
	else
		m->made->packets += n;
	return (0);
}

static int
read_all(struct making *m)
{
	struct frame		f[BATCH];
	enum capfile_state	state;
	int			n;

	memset(f, 0, sizeof(f));
	while ((state = capfile_next(m->file, f, BATCH, &n)) == CAPFILE_FRAMES)
		if (n > 0 && add(m, f, (size_t)n) == -1)
			return (-1);
	return (state == CAPFILE_END ? 0 :
	    fail(m, capfile_error(m->file), 0));
}

/* Give it its name, also if the trace is damaged behind some packets. */
static int
finish(struct making *m, int so_far)
{
	struct stat	st;
	int		rc = index_writer_end(m->writer);

	m->writer = NULL;
	if (so_far == -1 && m->made->packets + m->made->data == 0)
		return (0);
	if (rc == -1 || stat(m->temporary, &st) == -1 ||
	    rename(m->temporary, m->name) == -1)
		return (fail(m, m->temporary, errno));
	m->made->octets = (uint64_t)st.st_size;
	return (0);
}

int
index_make(const char *path, struct index_made *made, char err[INDEX_ERRLEN])
{
	struct making	m = { .trace_fd = -1, .made = made, .err = err };
	int		rc;

	memset(made, 0, sizeof(*made));
	if ((rc = begin(&m, path)) == 0) {
		rc = read_all(&m);
		if (finish(&m, rc) == -1)
			rc = -1;
	}
	if (m.writer != NULL)
		(void)index_writer_end(m.writer);
	if (rc == -1 && m.temporary != NULL && m.trace_fd != -1)
		(void)unlink(m.temporary);
	if (m.trace_fd != -1)
		(void)close(m.trace_fd);
	capfile_close(m.file);
	free(m.temporary);
	free(m.name);
	return (rc);
}
