/*
 * Well-known programs of RPC, as rpc(5) names them.
 */
#include "rpc_impl.h"

static const struct item_name	programs[] = {
	{ 100000, "portmapper" }, { 100001, "rstatd" }, { 100002, "rusersd" },
	{ 100003, "nfs" }, { 100004, "ypserv" }, { 100005, "mountd" },
	{ 100007, "ypbind" }, { 100008, "walld" }, { 100009, "yppasswdd" },
	{ 100011, "rquotad" }, { 100012, "sprayd" }, { 100017, "rexd" },
	{ 100020, "llockmgr" }, { 100021, "nlockmgr" }, { 100023, "status2" },
	{ 100024, "status" }, { 100026, "bootparam" }, { 100028, "ypupdated" },
	{ 100029, "keyserv" }, { 100068, "cmsd" }, { 100069, "ypxfrd" },
	{ 100083, "ttdbserver" }, { 100099, "autofs" },
	{ 100133, "nsm_addrand" }, { 100227, "nfs_acl" }, { 100300, "nisd" },
	{ 150001, "pcnfsd" }, { 390113, "nsrexecd" }, { 395183, "vxi11" },
	{ 400122, "nfs_localio" }, { 0x40000000, "nfs_cb" }, { 0, NULL }
};

const char *
rpc_program_name(uint32_t program)
{
	return (item_name(programs, program));
}
